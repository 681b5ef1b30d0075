import { describe, expect, it } from 'vitest';
import { accelerator, type KeyEvent, matches, spoken } from './keys';

const event = (key: string, more: Partial<KeyEvent> = {}): KeyEvent => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('keys', () => {
  it.each([
    ['Mod+Z', event('z', { ctrlKey: true }), true],
    ['Mod+Z', event('Z', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+Shift+Z', event('Z', { ctrlKey: true, shiftKey: true }), true],
    ['Mod+Z', event('z', { ctrlKey: true, altKey: true }), false],
    ['G', event('g'), true],
    ['G', event('G', { shiftKey: true }), false],
    ['G', event('g', { ctrlKey: true }), false],
    ['G', event('п', { code: 'KeyG' }), true],
    ['Mod+Plus', event('+', { ctrlKey: true, shiftKey: true }), true],
    ['Mod+/', event('/', { ctrlKey: true, shiftKey: true, code: 'Digit7' }), true],
    ['Mod+0', event('0', { ctrlKey: true }), true],
    ['Mod+1', event('&', { ctrlKey: true, code: 'Digit1' }), true],
    ['Mod+\\', event('\\', { ctrlKey: true }), true],
    ['F1', event('F1'), true],
    ['Space', event(' '), true],
  ])('%s and %o: %s', (keys, pressed, expected) => {
    expect(matches(pressed, keys, false)).toBe(expected);
  });

  it('takes Command for Mod on a Mac', () => {
    expect(matches(event('z', { metaKey: true }), 'Mod+Z', true)).toBe(true);
    expect(matches(event('z', { ctrlKey: true }), 'Mod+Z', true)).toBe(false);
    expect(spoken('Mod+Shift+Z', true)).toBe('⇧⌘Z');
  });

  it('are displayed', () => {
    expect(spoken('Mod+Shift+z', false)).toBe('Ctrl+Shift+Z');
    expect(spoken('Alt+Up', false)).toBe('Alt+↑');
    expect(spoken('Mod+\\', false)).toBe('Ctrl+\\');
  });

  it('are given to the desktop only where it must have them', () => {
    expect(accelerator('G')).toBeNull();
    expect(accelerator('Space')).toBeNull();
    expect(accelerator('Mod+Plus')).toBeNull();
    expect(accelerator('Mod+Shift+Z')).toBe('CmdOrCtrl+Shift+Z');
    expect(accelerator('F1')).toBe('F1');
    expect(accelerator('Mod+,')).toBe('CmdOrCtrl+,');
  });
});
