import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NumberSlider } from './NumberSlider';

const onChange = vi.fn();
const onReset = vi.fn();
let control: HTMLElement;

beforeEach(() => {
  onChange.mockReset();
  onReset.mockReset();
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 100, 20));
  render(
    <NumberSlider
      label="Radius"
      value={20}
      min={0}
      max={100}
      reset={3}
      {...{ onChange, onReset }}
    />,
  );
  control = screen.getByRole('slider').closest('[class*=control]') as HTMLElement;
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const press = (clientX: number) => {
  fireEvent.pointerDown(control, { button: 0, clientX, clientY: 10 });
  fireEvent.pointerUp(document, { button: 0, clientX, clientY: 10 });
};
const gestures = () => [...onChange.mock.calls.map(([, gesture]) => gesture as string)];

test('a double click is one step for undo, with what its presses changed', () => {
  press(60);
  press(61);
  fireEvent.doubleClick(control, { clientX: 61, clientY: 10 });
  expect(onChange).toHaveBeenCalled();
  expect(onReset).toHaveBeenCalledOnce();
  expect(new Set([...gestures(), onReset.mock.calls[0]?.[0]])).toHaveProperty('size', 1);
});

test('presses that are apart are undone one by one', () => {
  const clock = vi.spyOn(Event.prototype, 'timeStamp', 'get').mockReturnValue(1000);
  press(60);
  clock.mockReturnValue(2000);
  press(80);
  expect(gestures()).toHaveLength(2);
  expect(new Set(gestures())).toHaveProperty('size', 2);
});
