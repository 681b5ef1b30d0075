import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { editText } from '@/api/rpc';
import { sendToText, undoInField } from './textKeys';

vi.mock('@/api/rpc', () => ({ editText: vi.fn(() => Promise.resolve()) }));

const command = vi.fn(() => true);
beforeEach(() => {
  document.execCommand = command;
  document.body.innerHTML = '<input><div contenteditable="true" tabindex="0"></div>';
});
afterEach(() => command.mockClear());
const field = () => document.querySelector('input') as HTMLInputElement;
const editor = () => document.querySelector('div') as HTMLElement;

it('what the menu has taken reaches a plain field as a command', () => {
  sendToText(field(), 'Mod+A');
  expect(command.mock.calls).toEqual([['selectAll']]);
  sendToText(field(), 'Mod+Shift+Z');
  expect(command.mock.calls.at(-1)).toEqual(['redo']);
});

it('the window cuts, copies and pastes, which the page alone may not', () => {
  sendToText(field(), 'Mod+V');
  sendToText(editor(), 'Mod+X');
  expect(vi.mocked(editText).mock.calls).toEqual([['Paste'], ['Cut']]);
  expect(command).not.toHaveBeenCalled();
});

it('and an editor with a history of its own as the key', () => {
  const keys: string[] = [];
  editor().addEventListener('keydown', (event) => {
    keys.push(`${event.ctrlKey} ${event.key}`);
    event.preventDefault();
  });
  sendToText(editor(), 'Mod+Z');
  expect(keys).toEqual(['true z']);
  expect(command).not.toHaveBeenCalled();
});

it('a plain field undoes by keys, once', () => {
  field().addEventListener('keydown', (event) => undoInField(event));
  sendToText(field(), 'Mod+Z');
  expect(command.mock.calls).toEqual([['undo']]);
});

it('other keys and other texts are left alone', () => {
  const press = (target: HTMLElement, key: string) => {
    const event = new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true });
    Object.defineProperty(event, 'target', { value: target });
    return undoInField(event);
  };
  expect([press(field(), 'b'), press(editor(), 'z'), press(field(), 'z')]).toEqual([
    false,
    false,
    true,
  ]);
});
