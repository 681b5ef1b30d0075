// Which file of the page names what another one defines: imports and exports, types too.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { tie } from './graph.js';

const CLAUSE = String.raw`(?<clause>[\w$*{},\s]+?)`;
const FROM = String.raw`\s*from\s*(?<quote>['"])(?<from>[^'"\n]+)\k<quote>`;
const IMPORT = new RegExp(String.raw`^import\s${CLAUSE}${FROM}`, 'gm');
const EXPORT_FROM = new RegExp(String.raw`^export\s+(?:type\s+)?(?<clause>\{[^}]*\}|\*(?:\s+as\s+\w+)?)${FROM}`, 'gm');
const EXPORT_OWN = /^export\s+(?:type\s+)?\{(?<clause>[^}]*)\}\s*;/gm;
const DEFINES = /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|const|let|type|interface|enum)\s+(?<name>[\w$]+)/gm;
const CALLED = /\bimport\(\s*['"](?<from>[^'"\n]+)['"]\s*\)/g;

/** The names of a clause: `{ a, type b as c }` → a, and b as c. */
function names(clause) {
  return clause
    .replace(/[{}]/g, ' ')
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [theirs, ours = theirs] = part.split(/\s+as\s+/);
      return { theirs, ours };
    });
}

/** What a file imports, exports again and defines. */
function parse(text) {
  const found = { imports: [], passed: [], all: [], defined: new Set() };
  for (const { groups } of text.matchAll(IMPORT)) {
    const clause = groups.clause.trim().replace(/^type\s+/, '');
    const braces = clause.match(/\{[^}]*\}/)?.[0] ?? '';
    const outside = clause.replace(braces, '');
    const list = names(braces);
    for (const part of outside.split(',').map((one) => one.trim()).filter((one) => one !== '')) {
      const space = part.match(/^\*\s+as\s+(\w+)$/);
      list.push(space ? { theirs: '*', ours: space[1] } : { theirs: 'default', ours: part });
    }
    found.imports.push({ from: groups.from, list });
  }
  for (const { groups } of text.matchAll(EXPORT_FROM)) {
    const space = groups.clause.match(/^\*\s+as\s+(\w+)$/);
    if (groups.clause === '*') found.all.push(groups.from);
    else if (space) found.passed.push({ from: groups.from, list: [{ theirs: '*', ours: space[1] }] });
    else found.passed.push({ from: groups.from, list: names(groups.clause) });
  }
  for (const { groups } of text.matchAll(EXPORT_OWN)) {
    for (const { theirs, ours } of names(groups.clause)) {
      const imported = found.imports.find(({ list }) => list.some((one) => one.ours === theirs));
      const one = imported?.list.find((item) => item.ours === theirs);
      if (one) found.passed.push({ from: imported.from, list: [{ theirs: one.theirs, ours }] });
      else found.defined.add(ours);
    }
  }
  for (const { groups } of text.matchAll(DEFINES)) found.defined.add(groups.name);
  const called = [...text.matchAll(CALLED)].map(({ groups }) => groups.from);
  return { ...found, called };
}

/** The files of the page below a folder, without its tests. */
function onDisk(folder) {
  const isSource = (name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|\.d\.ts$/.test(name);
  const paths = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => isSource(path) && statSync(path).isFile());
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}

/**
 * The edges between the files of the page below `folder`, which `@/` means, and each file's
 * parent: the `index.ts` of its folder, or the file that is called like the folder beside it.
 *
 * @param {Map<string, string>} [sources] path → text
 */
export function pageEdges(folder, sources = onDisk(folder)) {
  const edges = new Map();
  const parsed = new Map([...sources].map(([path, text]) => [path, parse(text)]));
  const locate = (from, name) => {
    let base;
    if (name.startsWith('@/')) base = join(folder, name.slice(2));
    else if (name.startsWith('.')) base = normalize(join(dirname(from), name));
    else return undefined;
    const endings = ['', '.ts', '.tsx', '/index.ts', '/index.tsx'];
    return endings.map((ending) => base + ending).find((path) => sources.has(path));
  };
  /** The file that defines a name which another exports. */
  const definer = (file, name, seen = new Set()) => {
    if (name === '*' || name === 'default' || seen.has(file)) return file;
    seen.add(file);
    const { passed, all, defined } = parsed.get(file);
    if (defined.has(name)) return file;
    for (const { from, list } of passed) {
      const one = list.find(({ ours }) => ours === name);
      const target = one && locate(file, from);
      if (target) return definer(target, one.theirs, seen);
    }
    for (const from of all) {
      const target = locate(file, from);
      const found = target && definer(target, name, seen);
      if (found && parsed.get(found).defined.has(name)) return found;
    }
    return file;
  };
  for (const [file, { imports, passed, all, called }] of parsed) {
    for (const { from, list } of [...imports, ...passed]) {
      const target = locate(file, from);
      if (!target) continue;
      for (const { theirs } of list) tie(edges, file, definer(target, theirs), theirs);
    }
    for (const from of [...all, ...called]) {
      const target = locate(file, from);
      if (target) tie(edges, file, target, '*');
    }
  }
  const parentOf = (file) => {
    const own = dirname(file);
    const stem = basename(file).replace(/\.tsx?$/, '');
    const folders = stem === 'index' ? [dirname(own)] : [own];
    return folders
      .flatMap((path) => [`${path}/index.ts`, `${path}/index.tsx`, `${path}.ts`, `${path}.tsx`])
      .find((path) => path !== file && sources.has(path));
  };
  return { edges, parentOf };
}
