import { expect, test } from 'vitest';
import { formatName } from '.';

test.each([
  ['webp', 'WebP'],
  ['heic', 'HEIC'],
  ['heif', 'HEIC'],
  ['jxl', 'JPEG XL'],
  ['avif', 'AVIF'],
  ['psd', 'PSD'],
])('%s is spelt %s', (format, name) => expect(formatName(format)).toBe(name));
