// The texts of the window: a catalogue for each feature, and number formats.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

const files = import.meta.glob<Record<string, unknown>>('./en/*.json', {
  eager: true,
  import: 'default',
});
const en = Object.fromEntries(
  Object.entries(files).map(([path, words]) => [
    path.slice('./en/'.length, -'.json'.length),
    words,
  ]),
);

void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
});

export const t = i18next.t;

/** Formats a number of bytes: `8.1 kB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const whole = new Intl.NumberFormat('en');

/** Formats a whole number: `12,345`. */
export const count = (number: number) => whole.format(number);

/** Formats seconds: `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The name of a file format, spelt as usual: `WebP`, `JPEG XL`. */
export const formatName = (format: string): string =>
  t(`operations.formatNames.${format}`, format.toUpperCase());
