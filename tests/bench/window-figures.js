// The window's figures: what they come to, and whether targets are met.

import { median } from './report.js';

/** The figure that this share of all does not exceed. */
export function quantile(figures, share) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Gaps between frames or turns, in milliseconds. */
export function gapsOf(gaps) {
  return {
    count: gaps.length,
    middle: median(gaps),
    p99: quantile(gaps, 0.99),
    longest: Math.max(...gaps),
    long: gaps.filter((gap) => gap > 50).length,
  };
}

/**
 * A measure over its rounds.
 * @param {string} title
 * @param {number[]} figures one a round
 * @param {{unit?: string, limit?: number, digits?: number}} how a limit is a target: at most so much
 *   at the median
 */
export function measure(title, figures, { unit = 'ms', limit, digits = 0 } = {}) {
  return {
    title,
    unit,
    limit,
    digits,
    figures,
    least: Math.min(...figures),
    middle: median(figures),
    most: Math.max(...figures),
  };
}

export const isMet = ({ limit, middle }) => limit === undefined || middle <= limit;

const verdict = (row) => (row.limit === undefined ? '' : isMet(row) ? 'met' : 'MISSED');
const COLUMNS = [
  ['', ({ title }) => title],
  ['least', (row) => row.least.toFixed(row.digits)],
  ['median', (row) => row.middle.toFixed(row.digits)],
  ['most', (row) => row.most.toFixed(row.digits)],
  ['', ({ unit }) => unit],
  ['target', ({ limit }) => (limit === undefined ? '' : `${limit}`)],
  ['', verdict],
];

/** The rows as a table. */
export function figuresText(rows) {
  const lines = [
    COLUMNS.map(([head]) => head),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isWords = (column) => column === 0 || column === 4 || column === 6;
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isWords(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * How many of the pictures that were shown are older than one shown before them.
 * @param {string[]} shown keys, in the order in which they were on the screen
 * @param {Map<string, number>} order when each was wanted
 */
export function staleIn(shown, order) {
  let newest = Number.NEGATIVE_INFINITY;
  let stale = 0;
  for (const key of shown) {
    const place = order.get(key);
    if (place === undefined) continue;
    if (place < newest) stale += 1;
    newest = Math.max(newest, place);
  }
  return stale;
}
