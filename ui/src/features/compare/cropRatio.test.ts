import { expect, test } from 'vitest';
import { fixesRatio } from './crop';
import { ratiosOf } from './cropRatio';

const size = { width: 3000, height: 2000 };
const whole = { x: 0, y: 0, width: 100, height: 100 };
const crop = { op: 'crop', aspect: '16:9', gravity: 'smart' };
const wide = { x: 0, y: 10, width: 100, height: 84.4 };

test('a crop of one picture has the shape of the rule, where that has one', () => {
  const { choices, first, ruleText, aspectOf } = ratiosOf({
    scope: 'one',
    operations: [crop],
    size,
    shown: wide,
  });
  expect([choices, first, ruleText]).toEqual([['rule'], 'rule', '16:9']);
  // The exact ratio, not that of the pixels shown.
  expect(aspectOf('rule')).toBe(16 / 9);
});

test('where the rule leaves the shape open, it begins locked and can be freed', () => {
  const open = ratiosOf({ scope: 'one', operations: [{ op: 'resize' }], size, shown: whole });
  expect([open.first, open.ruleText]).toEqual(['rule', '3:2']);
  expect(open.choices).toContain('free');
  expect(open.aspectOf('free')).toBeUndefined();
});

test('a turned rule has the ratio that is seen', () => {
  const tall = { x: 20, y: 0, width: 37.5, height: 100 };
  const turned = [{ op: 'rotate', angle: 90 }, { ...crop }];
  const { aspectOf, ruleText } = ratiosOf({ scope: 'one', operations: turned, size, shown: tall });
  expect(aspectOf('rule')).toBeCloseTo(9 / 16);
  expect(ruleText).toBe('9:16');
});

test('the crop of all pictures is free unless its rule says a ratio', () => {
  const free = ratiosOf({ scope: 'all', operations: [{ op: 'resize' }], size, shown: whole });
  expect([free.first, free.choices.includes('rule')]).toEqual(['free', false]);
  const ruled = ratiosOf({ scope: 'all', operations: [crop], size, shown: wide });
  expect([ruled.first, ruled.choices.includes('free')]).toEqual(['rule', true]);
});

test('a shape comes from a ratio, from pixels, or from a box that is covered', () => {
  expect(fixesRatio([crop])).toBe(true);
  expect(fixesRatio([{ op: 'crop', width: 800, height: 600 }])).toBe(true);
  expect(fixesRatio([{ op: 'resize', fit: 'cover', width: 8, height: 6 }])).toBe(true);
  expect(fixesRatio([{ ...crop, enabled: false }])).toBe(false);
  expect(fixesRatio([{ op: 'crop', width: '50%', height: '40%' }])).toBe(false);
  expect(fixesRatio([{ op: 'resize', width: 8, height: 6 }])).toBe(false);
});
