import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useView } from '@/state/view';
import { handleTab } from './sides';

vi.mock('@/api/rpc', () => ({ call: vi.fn() }));

let stop = () => {};
beforeEach(() => {
  document.body.innerHTML =
    '<main data-view><i id="inner"></i><input id="field"></main><button id="side"></button>';
  useView.getState().set({ sidebar: true, inspector: true });
  stop = handleTab();
});
afterEach(() => stop());

const at = (id: string) => document.getElementById(id) as HTMLElement;
const press = (id: string) => at(id).dispatchEvent(new Event('pointerdown', { bubbles: true }));
/** Whether the key still moves the focus. */
const key = (id: string, name: string, more: KeyboardEventInit = {}) =>
  at(id).dispatchEvent(
    new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more }),
  );
const shown = () => useView.getState().sidebar;

it('Tab hides both sides after a click in the view, and shows them again', () => {
  press('inner');
  expect(key('inner', 'Tab')).toBe(false);
  expect(shown()).toBe(false);
  key('inner', 'Tab');
  expect(shown()).toBe(true);
});

it('Tab moves the focus for those who move by keys', () => {
  expect(key('inner', 'Tab')).toBe(true);
  press('inner');
  key('inner', 'ArrowDown');
  expect(key('inner', 'Tab')).toBe(true);
  press('side');
  expect(key('side', 'Tab')).toBe(true);
  press('inner');
  expect(key('field', 'Tab')).toBe(true);
  press('inner');
  expect(key('inner', 'Tab', { shiftKey: true })).toBe(true);
  expect(key('inner', 'Tab')).toBe(true);
  expect(shown()).toBe(true);
});
