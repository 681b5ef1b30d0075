// Figures to text: medians, ratios, the table and the targets.

/** The middle figure, or the mean of the two in the middle. */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One program's rounds as one row. */
export function summarize(rounds) {
  return {
    wall: median(rounds.map((round) => round.wall)),
    cpu: median(rounds.map((round) => round.cpu)),
    megabytes: Math.max(...rounds.map((round) => round.megabytes)),
  };
}

const COLUMNS = [
  ['', (row) => row.title],
  ['wall s', (row) => row.wall.toFixed(2)],
  ['cpu s', (row) => row.cpu.toFixed(2)],
  ['cropmark / it', (row) => (row.ratio === undefined ? '–' : row.ratio.toFixed(2))],
  ['MB a process', (row) => row.megabytes.toFixed(0)],
  ['output MB', (row) => (row.outputs.bytes / 1e6).toFixed(2)],
  ['PSNR mean, least', (row) => pair(row.scores?.psnr)],
  ['SSIMULACRA2', (row) => pair(row.scores?.ssimulacra2)],
];

function pair(figures) {
  return figures === undefined ? '–' : `${figures.mean.toFixed(2)}, ${figures.least.toFixed(2)}`;
}

/** @param rows by the program's name. */
export function tableText(rows) {
  const lines = [COLUMNS.map(([head]) => head)];
  for (const row of Object.values(rows)) lines.push(COLUMNS.map(([, cell]) => cell(row)));
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
        )
        .join('  '),
    )
    .join('\n');
}

/** What is to be said about sizes, file by file. */
export function outputNotes(rows) {
  return Object.values(rows).flatMap(({ title, outputs }) => {
    const notes = [];
    if (outputs.missing.length > 0) {
      notes.push(`${title}: missing files: ${outputs.missing.length}, ${outputs.missing[0]} first`);
    }
    if (outputs.wrong.length > 0) {
      notes.push(`${title}: wrong files: ${outputs.wrong.length}, ${outputs.wrong[0]} first`);
    }
    if (outputs.near > 0) notes.push(`${title}: files one pixel off: ${outputs.near}`);
    return notes;
  });
}

/** @returns {{text: string, met: boolean}[]} the targets of which both sides were measured. */
export function judge(targets, rows) {
  const own = rows.cropmark;
  if (own === undefined) return [];
  return targets.flatMap((target) => judgeOne(target, own, rows[target.peer]));
}

function judgeOne(target, own, peer) {
  const verdicts = [];
  const most = (what, figure, limit) =>
    verdicts.push({ met: figure <= limit, text: `${what}: ${figure.toFixed(3)}, at most ${limit}` });
  if (target.megabytes !== undefined) most('MB a process', own.megabytes, target.megabytes);
  if (peer === undefined) return verdicts;
  if (target.cpu !== undefined) most(`cpu against ${peer.title}`, own.cpu / peer.cpu, target.cpu);
  if (target.bytes !== undefined) {
    most(`bytes against ${peer.title}`, own.outputs.bytes / peer.outputs.bytes, target.bytes);
  }
  if (target.scores && own.scores && peer.scores) {
    const [mine, its] = [own.scores.ssimulacra2.mean, peer.scores.ssimulacra2.mean];
    const text = `SSIMULACRA2: ${mine.toFixed(2)}, at least ${its.toFixed(2)} of ${peer.title}`;
    verdicts.push({ met: mine >= its, text });
  }
  return verdicts;
}
