// Colours as presets write them: hexadecimal sRGB with or without alpha, or a basic name.

export interface Rgba {
  red: number;
  green: number;
  blue: number;
  /** 0–255. */
  alpha: number;
}

export interface Hsva {
  /** 0–360. */
  hue: number;
  /** 0–1. */
  saturation: number;
  /** 0–1. */
  brightness: number;
  /** 0–1. */
  alpha: number;
}

const NAMES: Record<string, string> = {
  aqua: '#00ffff',
  black: '#000000',
  blue: '#0000ff',
  fuchsia: '#ff00ff',
  gray: '#808080',
  green: '#008000',
  lime: '#00ff00',
  maroon: '#800000',
  navy: '#000080',
  olive: '#808000',
  purple: '#800080',
  red: '#ff0000',
  silver: '#c0c0c0',
  teal: '#008080',
  transparent: '#00000000',
  white: '#ffffff',
  yellow: '#ffff00',
};

/** The colour that a text names; null where it is none. */
export function parseColor(text: string): Rgba | null {
  const name = text.trim().toLowerCase();
  const digits = (NAMES[name] ?? name).replace(/^#/, '');
  if (!/^([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(digits)) return null;
  const long = digits.length < 6 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const channel = (at: number) => Number.parseInt(long.slice(at, at + 2), 16);
  return {
    red: channel(0),
    green: channel(2),
    blue: channel(4),
    alpha: long.length === 8 ? channel(6) : 255,
  };
}

/** `#rrggbb`, with alpha where it is not solid. */
export function formatColor({ red, green, blue, alpha }: Rgba): string {
  const two = (channel: number) => Math.round(channel).toString(16).padStart(2, '0');
  return `#${two(red)}${two(green)}${two(blue)}${Math.round(alpha) === 255 ? '' : two(alpha)}`;
}

export function toHsva({ red, green, blue, alpha }: Rgba): Hsva {
  const [r, g, b] = [red / 255, green / 255, blue / 255];
  const most = Math.max(r, g, b);
  const range = most - Math.min(r, g, b);
  const sixth =
    range === 0
      ? 0
      : most === r
        ? ((g - b) / range + 6) % 6
        : most === g
          ? (b - r) / range + 2
          : (r - g) / range + 4;
  return {
    hue: sixth * 60,
    saturation: most === 0 ? 0 : range / most,
    brightness: most,
    alpha: alpha / 255,
  };
}

export function fromHsva({ hue, saturation, brightness, alpha }: Hsva): Rgba {
  const channel = (offset: number) => {
    const sixth = (offset + hue / 60) % 6;
    const share = brightness * (1 - saturation * Math.max(0, Math.min(sixth, 4 - sixth, 1)));
    return Math.round(share * 255);
  };
  return { red: channel(5), green: channel(3), blue: channel(1), alpha: Math.round(alpha * 255) };
}
