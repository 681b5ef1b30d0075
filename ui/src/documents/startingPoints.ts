// Templates for new generators.
import type { JsonValue } from '@/api/bindings';

export interface StartingPoint {
  /** Its key in the catalogue, and the new generator's name. */
  name: string;
  value: { [key: string]: JsonValue };
}

export const startingPoints: StartingPoint[] = [
  {
    name: 'thumbnail',
    value: {
      operations: [
        { op: 'resize', fit: 'inside', width: 240, height: 240 },
        { op: 'sharpen', sigma: 0.5 },
      ],
      output: { format: 'jpeg', quality: 85 },
    },
  },
  {
    name: 'tile',
    value: {
      operations: [{ op: 'resize', fit: 'cover', width: 480, height: 480, gravity: 'smart' }],
      output: { format: 'webp' },
    },
  },
  {
    name: 'responsive',
    value: {
      widths: [640, 1280, 1920],
      operations: [{ op: 'resize', width: 1920 }],
      output: { format: ['avif', 'webp', 'jpeg'] },
    },
  },
  {
    name: 'densities',
    value: {
      widths: [320, 640, 960],
      operations: [{ op: 'resize', width: 960 }],
      output: { format: 'webp' },
    },
  },
  {
    name: 'card',
    value: {
      parameters: { title: '{asset.stem}' },
      operations: [
        { op: 'resize', fit: 'cover', width: 1200, height: 630, gravity: 'smart', enlarge: true },
        {
          op: 'text',
          text: '{title}',
          font: 'Sans Bold',
          size: 56,
          background: '#000000b0',
          padding: 16,
          gravity: 'south-west',
          x: 48,
          y: 48,
          width: '80%',
        },
      ],
      output: { format: 'jpeg', quality: 85 },
    },
  },
  {
    name: 'watermark',
    value: {
      operations: [
        { op: 'resize', width: 1600, height: 1600 },
        {
          op: 'text',
          text: '© {asset.stem}',
          font: 'Sans Bold',
          size: '4%',
          gravity: 'south-east',
          x: 24,
          y: 24,
          opacity: 0.6,
        },
      ],
      output: { format: 'jpeg' },
    },
  },
  { name: 'empty', value: { operations: [] } },
];

/** The name, with a number appended if it is taken. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
