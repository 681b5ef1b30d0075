import { expect, test } from 'vitest';
import { hasEffect } from './table';

test('a resize has a position where something is cut or padded, a background where it is padded', () => {
  const has = (key: string, fit?: string) => hasEffect('resize', key, fit ? { fit } : {});
  expect(['cover', 'contain', 'auto'].map((fit) => has('gravity', fit))).toEqual([
    true,
    true,
    true,
  ]);
  expect([undefined, 'inside', 'outside', 'fill'].some((fit) => has('gravity', fit))).toBe(false);
  expect([has('background', 'contain'), has('background', 'cover')]).toEqual([true, false]);
  expect(has('width')).toBe(true);
  expect(hasEffect('crop', 'gravity', {})).toBe(true);
});

test('a text has a margin where it has a box', () => {
  expect(hasEffect('text', 'padding', {})).toBe(false);
  expect(hasEffect('text', 'padding', { background: '#000' })).toBe(true);
});
