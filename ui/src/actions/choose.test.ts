import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, it, vi } from 'vitest';
import { actionFor } from './choose';
import type { Action } from './types';

const context = { client: new QueryClient() };
const action = (id: string, keys: string[], more: Partial<Action> = {}): Action => ({
  id,
  keys,
  perform: vi.fn(),
  ...more,
});
const grid = action('view.grid', ['G']);
const save = action('file.save', ['Mod+S'], { whileTyping: true });
const undo = action('edit.undo', ['Mod+Z']);
const help = action('help.shortcuts', ['F1'], { whileTyping: true });
const flip = action('compare.flip', ['Space']);
const all = [grid, save, undo, help, flip];

afterEach(() => {
  document.body.innerHTML = '';
});

/** Presses a key in an element, and says which action it means. */
function press(html: string, key: string, more: KeyboardEventInit = {}) {
  document.body.innerHTML = html;
  const target = document.body.querySelector('[data-at]') ?? document.body;
  let found: string | null = null;
  const hear = (event: KeyboardEvent) => {
    const is = actionFor(event, all, context);
    found = is?.enabled ? is.action.id : null;
  };
  window.addEventListener('keydown', hear);
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  window.removeEventListener('keydown', hear);
  return found;
}

it('letters mean actions in the view', () => {
  expect(press('<div data-at></div>', 'g')).toBe('view.grid');
  expect(press('<button data-at></button>', 'g')).toBe('view.grid');
  expect(press('<input type="checkbox" data-at>', 'g')).toBe('view.grid');
});

it.each([
  '<input data-at>',
  '<input type="search" data-at>',
  '<textarea data-at></textarea>',
  '<div contenteditable="true"><span data-at></span></div>',
  '<div role="listbox"><div role="option" data-at></div></div>',
  '<div role="menu"><div role="menuitem" data-at></div></div>',
  '<button role="combobox" data-at></button>',
])('letters are inert while typing or choosing: %s', (html) => {
  expect(press(html, 'g')).toBeNull();
});

it('keys that work while typing do, and others are left to the text', () => {
  expect(press('<input data-at>', 's', { ctrlKey: true })).toBe('file.save');
  expect(press('<input data-at>', 'F1')).toBe('help.shortcuts');
  expect(press('<input data-at>', 'z', { ctrlKey: true })).toBeNull();
  expect(press('<div data-at></div>', 'z', { ctrlKey: true })).toBe('edit.undo');
});

it('Space presses a button rather than the action', () => {
  expect(press('<button data-at></button>', ' ')).toBeNull();
  expect(press('<div data-at></div>', ' ')).toBe('compare.flip');
});

it('an open dialog keeps its keys', () => {
  expect(press('<div role="dialog"></div><div data-at></div>', 's', { ctrlKey: true })).toBeNull();
});

it('an action that is off leaves its key to another one that is on', () => {
  const off = action('a.off', ['X'], { enabled: () => false });
  const on = action('a.on', ['X']);
  const event = new KeyboardEvent('keydown', { key: 'x' });
  expect(actionFor(event, [off, on], context)).toEqual({ action: on, enabled: true });
  expect(actionFor(event, [off], context)).toEqual({ action: off, enabled: false });
});

it('a held key repeats only where that makes sense', () => {
  const toggle = action('a.toggle', ['X'], { once: true });
  const event = new KeyboardEvent('keydown', { key: 'x', repeat: true });
  expect(actionFor(event, [toggle], context)?.enabled).toBe(false);
});
