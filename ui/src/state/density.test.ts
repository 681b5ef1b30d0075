import { expect, it } from 'vitest';
import { densityOf } from './density';

it.each([
  // The ratio that the web view tells, zoom, the display's scale: device pixels for a CSS pixel.
  [1, 1, null, 1],
  [1, 1, 1, 1],
  [2, 1, 2, 2],
  [1, 1.25, 1, 1.25],
  [1.25, 1.25, 1, 1.25],
  [2, 1.5, 2, 3],
  [3, 1.5, 2, 3],
  [1, 1.5, null, 1.5],
])('ratio %d at zoom %d on a display of %d: %d', (ratio, zoom, display, wanted) => {
  expect(densityOf(ratio, { zoom, display })).toBe(wanted);
});
