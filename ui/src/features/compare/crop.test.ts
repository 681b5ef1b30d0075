import { expect, test } from 'vitest';
import { cropEdits, cropOf, frameOf, operationsOf, rectOf, ruleRatio } from './crop';

const rect = { x: 10, y: 5.5, width: 50, height: 40.123 };

test('a crop by hand leads the chain', () => {
  const edits = cropEdits('hero', [{ op: 'resize', width: 640 }], rect);
  expect(edits).toEqual([
    {
      kind: 'insert',
      path: ['generators', 'hero', 'operations'],
      index: 0,
      value: {
        op: 'crop',
        gravity: 'north-west',
        x: '10%',
        y: '5.5%',
        width: '50%',
        height: '40.12%',
      },
    },
  ]);
});

test('a crop that is there is changed, and its ratio gives way', () => {
  const edits = cropEdits('hero', [{ op: 'crop', aspect: '16:9', gravity: 'focal' }], rect);
  expect(edits[0]).toEqual({
    kind: 'remove',
    path: ['generators', 'hero', 'operations', 0, 'aspect'],
  });
  expect(edits).toContainEqual({
    kind: 'set',
    path: ['generators', 'hero', 'operations', 0, 'width'],
    value: '50%',
  });
});

test('the whole picture is no crop; one of another kind stays', () => {
  const all = { x: 0, y: 0, width: 100, height: 100 };
  const made = { op: 'crop', gravity: 'north-west', x: '1%', y: '0%', width: '9%', height: '9%' };
  expect(cropEdits('hero', [made], all)).toHaveLength(1);
  expect(cropEdits('hero', [{ op: 'crop', aspect: '1:1' }], all)).toEqual([]);
  expect(cropEdits('hero', [made], null)[0]?.kind).toBe('remove');
});

test('reads what it wrote, and nothing else', () => {
  const value = {
    generators: {
      hero: {
        operations: [
          {
            op: 'crop',
            gravity: 'north-west',
            x: '10%',
            y: '5.5%',
            width: '50%',
            height: '40.12%',
          },
        ],
      },
    },
  };
  expect(cropOf(operationsOf(value, 'hero'))).toEqual({ x: 10, y: 5.5, width: 50, height: 40.12 });
  expect(cropOf([{ op: 'crop', gravity: 'north-west', width: 100, height: '5%' }])).toBeNull();
  expect(operationsOf(null, 'hero')).toEqual([]);
});

test('the ratio of the rule stays where the rectangle keeps it', () => {
  const rule = [{ op: 'crop', aspect: '16:9', gravity: 'focal' }];
  expect(ruleRatio(rule)).toBe('16:9');
  expect(ruleRatio([{ op: 'resize', aspect: '16:9' }])).toBeNull();
  const edits = cropEdits('hero', rule, rect, true);
  expect(edits.some(({ kind }) => kind === 'remove')).toBe(false);
  expect(edits).toContainEqual({
    kind: 'set',
    path: ['generators', 'hero', 'operations', 0, 'gravity'],
    value: 'north-west',
  });
});

test('a rectangle becomes a frame within the picture', () => {
  const hanging = frameOf({ x: 60.0004, y: -0.001, width: 40, height: 50 });
  expect(hanging.x + hanging.width).toBeLessThanOrEqual(1);
  expect(hanging.y).toBe(0);
  expect(rectOf(frameOf(rect)).height).toBeCloseTo(rect.height, 9);
});
