import { expect, test } from 'vitest';
import { whole } from './placement';
import { fitTo, onPane, scaleOfWhole, step, within, zoomAt } from './transform';

const original = { width: 6000, height: 4000 };
const pane = { width: 800, height: 600 };

test('fit shows all of it and enlarges only what is tiny', () => {
  const rect = whole(original);
  const shown = onPane(fitTo(pane, rect, 1280, 1), rect);
  expect(shown.width).toBeCloseTo(760);
  expect(shown.left).toBeCloseTo(20);
  expect(onPane(fitTo(pane, rect, 300, 1), rect).width).toBeCloseTo(300);
  expect(onPane(fitTo(pane, rect, 32, 1), rect).width).toBeCloseTo(256);
  expect(onPane(fitTo(pane, rect, 300, 2), rect).width).toBeCloseTo(150);
});

test('zooming keeps the point under the pointer', () => {
  const rect = whole(original);
  const former = fitTo(pane, rect, 6000, 1);
  const now = zoomAt(former, former.scale * 3, 123, 456);
  const point = ({ x, y, scale }: typeof now) => [(123 - x) / scale, (456 - y) / scale];
  expect(point(now)[0]).toBeCloseTo(point(former)[0] ?? Number.NaN);
  expect(point(now)[1]).toBeCloseTo(point(former)[1] ?? Number.NaN);
});

test('scales stay within what is of use', () => {
  const rect = { left: 0, top: 0, width: 1, height: 1 };
  const whole = scaleOfWhole(rect, 1000, 2);
  expect(whole).toBe(500);
  expect(within(1e9, rect, 1000, 2)).toBe(whole * 32);
  expect(within(0, rect, 1000, 2)).toBe(whole * 0.02);
});

test('originals come in steps, and whole where it needs all pixels', () => {
  expect(step(original, 800, 1)).toBe(1024);
  expect(step(original, 800, 2)).toBe(2048);
  expect(step(original, 5000, 1)).toBe(0);
  expect(step({ width: 900, height: 600 }, 5000, 1)).toBe(1024);
  expect(step({ width: 1000, height: 4000 }, 400, 1)).toBe(2048);
});
