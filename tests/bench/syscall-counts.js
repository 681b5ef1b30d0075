// What strace counted, and whether it is few enough.

/** @returns {Map<string, number>} the calls by name, the most frequent first. */
export function parseCounts(text) {
  const counts = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(?:(?<first>\d+)\s+(?<after>\w+)|(?<before>\w+)\s+(?<last>\d+))\s*$/.exec(line);
    if (match === null) continue;
    const { first, after, before, last } = match.groups;
    const name = after ?? before;
    if (name !== 'total') counts.push([name, Number(first ?? last)]);
  }
  return new Map(counts.sort(([, a], [, b]) => b - a));
}

/** The most that a variant may cost, by what is counted together. */
const MOST = [
  { title: 'futex', calls: ['futex'], most: 30 },
  { title: 'fsync', calls: ['fsync', 'fdatasync', 'sync_file_range', 'syncfs'], most: 0.3 },
];

/** @returns {{text: string, met: boolean}[]} */
export function judgeCalls(calls, variants) {
  return MOST.map(({ title, calls: names, most }) => {
    const count = names.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0) / variants;
    return { met: count <= most, text: `${title} a variant: ${count.toFixed(2)}, at most ${most}` };
  });
}
