// Whose crates are linked into the programs, whose packages into the page, and under which
// licences.
//   node .ci/notices.js --check     fails where a licence is none of ALLOWED
//   node .ci/notices.js FILE        writes every crate and package with its licence texts

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 WITH LLVM-exception',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CDLA-Permissive-2.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Unicode-3.0',
  'Unlicense',
  'Zlib',
]);

/** Crates that build other people's sources into a program, and where in them licences lie too. */
const COMPILED_IN = {
  'jpegxl-src': ['libjxl', ...['highway', 'brotli', 'skcms'].map((name) => `libjxl/third_party/${name}`)],
};

/** Whether an SPDX expression of AND, OR and parentheses can be met by allowed licences alone. */
export function isAllowed(expression, allowed = ALLOWED) {
  const words = expression.replaceAll('/', ' OR ').match(/[()]|[^\s()]+/g) ?? [];
  const either = () => {
    let met = both();
    while (words[0] === 'OR') {
      words.shift();
      met = both() || met;
    }
    return met;
  };
  const both = () => {
    let met = one();
    while (words[0] === 'AND') {
      words.shift();
      met = one() && met;
    }
    return met;
  };
  const one = () => {
    let name = words.shift();
    if (name === '(') {
      const met = either();
      words.shift();
      return met;
    }
    if (words[0] === 'WITH') name += ` ${words.shift()} ${words.shift()}`;
    return allowed.has(name);
  };
  return either();
}

/** The crates that the workspace's own crates link: no build tools, no tests. */
export function linkedCrates(metadata) {
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const own = new Set(metadata.workspace_members);
  const linked = new Set();
  const waiting = [...own];
  while (waiting.length > 0) {
    const id = waiting.pop();
    if (linked.has(id)) continue;
    linked.add(id);
    const normal = nodes
      .get(id)
      .deps.filter(({ dep_kinds: kinds }) => kinds.some(({ kind }) => kind === null));
    waiting.push(...normal.map(({ pkg }) => pkg));
  }
  return metadata.packages
    .filter(({ id, name }) => (linked.has(id) && !own.has(id)) || name in COMPILED_IN)
    .sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/** The packages that the page is made with: no build tools, no tests, no worker's library. */
export function linkedPackages(lock, read = readPackage) {
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional }]) => path && !dev && !optional && !devOptional)
    .map(([path, { version, license }]) => {
      const { author, repository, license: stated } = read(path);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const authors = [author?.name ?? author].filter(Boolean);
      const origin = repository?.url ?? repository;
      const folder = path;
      return { name, version, license: license ?? stated, authors, repository: origin, folder };
    });
}

const readPackage = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

function notice(crate) {
  const folder = crate.folder ?? dirname(crate.manifest_path);
  const folders = [folder, ...(COMPILED_IN[crate.name] ?? []).map((name) => join(folder, name))];
  const texts = folders.flatMap((place) =>
    readdirSync(place)
      .filter((name) => /^(licen[cs]e|copying|notice|unlicense|copyright)/i.test(name))
      .filter((name) => /\.(txt|md)$|^[^.]*$/i.test(name))
      .sort()
      .map((name) => readFileSync(join(place, name), { encoding: 'utf8' }).trim()),
  );
  const head = `${crate.name} ${crate.version}: ${crate.license ?? crate.license_file}`;
  const origin = [crate.repository, crate.authors.join(', ')].filter(Boolean).join('\n');
  return [head, '-'.repeat(head.length), origin, ...texts].filter(Boolean).join('\n\n');
}

/** What is in the repository and made by others. */
const SHIPPED = [
  {
    name: 'YuNet, weights of libfacedetection',
    version: '3',
    license: 'BSD-3-Clause',
    authors: ['Shiqi Yu'],
    repository: 'https://github.com/ShiqiYu/libfacedetection',
    folder: 'assets/models',
  },
];

function main([target]) {
  const words = ['metadata', '--format-version', '1', '--locked'];
  const text = execFileSync('cargo', words, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const packages = linkedPackages(lock);
  const crates = [...linkedCrates(JSON.parse(text)), ...packages, ...SHIPPED];
  const strangers = crates.filter(({ license }) => !isAllowed(license ?? 'none stated'));
  for (const { name, version, license } of strangers) {
    console.error(`${name} ${version} is under "${license}", which .ci/notices.js does not allow`);
  }
  if (strangers.length > 0) {
    process.exitCode = 1;
  } else if (target === '--check') {
    console.log(`${crates.length - packages.length - SHIPPED.length} crates and ${packages.length} packages are linked, all under allowed licences`);
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, `${crates.map(notice).join('\n\n\n')}\n`);
    console.log(`${crates.length} notices written to ${target}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
