// Lists the circles of files in each crate and in the page, with the names that tie them.
//   node .ci/circles.js [WORD ..]    only those with a word in one of their paths
//   node .ci/circles.js --keep       notes them all in the list of those that are known
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { circles, inWords } from './circles/graph.js';
import { pageEdges } from './circles/page.js';
import { crateEdges } from './circles/rust.js';

/** The root files of the crates below a tree of the project. */
export function crateRoots(tree) {
  const crates = join(tree, 'src-tauri/crates');
  const folders = [join(tree, 'src-tauri'), ...readdirSync(crates).map((name) => join(crates, name))];
  return folders.flatMap((folder) => ['lib.rs', 'main.rs'].map((name) => join(folder, 'src', name))).filter(existsSync);
}

/** All circles of a tree of the project; paths are from its root. */
export function circlesOf(tree) {
  const page = pageEdges(join(tree, 'ui/src'));
  const graphs = [...crateRoots(tree).map((root) => crateEdges(root)), page];
  const found = graphs.flatMap(({ edges, parentOf }) => circles(edges, parentOf));
  return found.map((circle) => {
    const files = circle.files.map((file) => relative(tree, file));
    return { ...circle, files, key: files.join(' → ') };
  });
}

/** Those that are still there, by their keys. The list only gets shorter: `--keep` writes it. */
export const KNOWN = '.ci/circles/known.txt';

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const all = circlesOf('.');
  if (words.includes('--keep')) {
    writeFileSync(KNOWN, all.map(({ key }) => `${key}\n`).sort().join(''));
    words.splice(words.indexOf('--keep'), 1);
  }
  const wanted = all.filter(({ key }) => words.length === 0 || words.some((word) => key.includes(word)));
  for (const circle of wanted) console.log(`${circle.files.length} files\n${inWords(circle)}\n`);
  console.log(`${wanted.length} circles`);
  process.exitCode = wanted.length === 0 ? 0 : 1;
}
