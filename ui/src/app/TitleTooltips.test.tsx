import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TitleTooltips } from './TitleTooltips';

beforeEach(() => {
  vi.useFakeTimers();
  render(
    <>
      <TitleTooltips />
      <div title="photos/lake.jpg">
        <span>Lake</span>
        <i title="Favourite">star</i>
      </div>
    </>,
  );
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});
const rest = () => act(() => vi.advanceTimersByTime(700));

test('a title is shown in our tooltip, and the browser has none to show', () => {
  const [words, star] = [screen.getByText('Lake'), screen.getByText('star')];
  fireEvent.pointerOver(words);
  expect(screen.queryByText('photos/lake.jpg')).toBeNull();
  rest();
  expect(screen.getByText('photos/lake.jpg')).toBeVisible();
  expect(words.parentElement).not.toHaveAttribute('title');
  // The innermost title counts.
  fireEvent.pointerOver(star);
  rest();
  expect(screen.getByText('Favourite')).toBeVisible();
  expect(words.parentElement).toHaveAttribute('title', 'photos/lake.jpg');
  fireEvent.pointerOver(words);
  expect(screen.queryByText('Favourite')).toBeNull();
  expect(star).toHaveAttribute('title', 'Favourite');
});

test('a press hides it, and leaving the window gives the title back', () => {
  const words = screen.getByText('Lake');
  fireEvent.pointerOver(words);
  rest();
  fireEvent.pointerDown(words);
  expect(screen.queryByText('photos/lake.jpg')).toBeNull();
  fireEvent.pointerOut(words, { relatedTarget: null });
  expect(words.parentElement).toHaveAttribute('title', 'photos/lake.jpg');
});
