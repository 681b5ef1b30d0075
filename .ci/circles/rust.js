// Which file of a crate names what another one defines. A careful tokenizer and the rules of
// modules, no compiler: methods and fields are not followed, and what a macro makes is not seen.
// Tests (`#[cfg(test)]`) do not count.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { tie } from './graph.js';

const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+|//[^\n]*)`,
    String.raw`(?<raw>(?:br|cr|r)(?<hashes>#*)"[\s\S]*?"\k<hashes>)(?!#)`,
    String.raw`(?<text>[bc]?"(?:\\[\s\S]|[^"\\])*")`,
    String.raw`(?<letter>b?'(?:\\(?:u\{[^}]*\}|x[\da-fA-F]{2}|[\s\S])|[^'\\\n])')`,
    String.raw`(?<lifetime>'[A-Za-z_]\w*)`,
    String.raw`(?<name>(?:r#)?[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<mark>::|[\s\S])`,
  ].join('|'),
  'uy',
);

/** The tokens of a Rust source: names, texts and marks; comments, numbers and lifetimes are left out. */
export function tokens(source) {
  const found = [];
  let at = 0;
  while (at < source.length) {
    if (source.startsWith('/*', at)) {
      at = afterComment(source, at);
      continue;
    }
    TOKEN.lastIndex = at;
    const { groups, 0: all } = TOKEN.exec(source);
    // `1..x` is a number and a range.
    const range = groups.number?.indexOf('..') ?? -1;
    at += range > 0 ? range : all.length;
    if (groups.name) found.push({ kind: 'name', text: groups.name.replace(/^r#/, '') });
    else if (groups.text) found.push({ kind: 'text', text: all.slice(all.indexOf('"') + 1, -1) });
    else if (groups.mark) found.push({ kind: 'mark', text: groups.mark });
    // What stands for a value keeps its place, so that `1 ::a` is not taken for a path of its own.
    else if (groups.raw || groups.letter || groups.number) found.push({ kind: 'value', text: '' });
  }
  return found;
}

function afterComment(source, at) {
  let depth = 0;
  for (let i = at; i < source.length; i += 1) {
    if (source.startsWith('/*', i)) {
      depth += 1;
      i += 1;
    } else if (source.startsWith('*/', i)) {
      depth -= 1;
      i += 1;
      if (depth === 0) return i + 1;
    }
  }
  return source.length;
}

const OPEN = { '(': ')', '[': ']', '{': '}' };
const DEFINES = new Set(['fn', 'struct', 'enum', 'union', 'trait', 'type', 'const', 'static']);

/** A module: of a file or written in one. */
class Module {
  constructor(file, parent, name) {
    this.file = file;
    this.parent = parent;
    this.name = name;
    this.children = new Map();
    this.defined = new Set();
    this.imports = new Map(); // name → paths
    this.globs = []; // paths
    this.passedOn = new Set(); // those of the imports' paths that are `pub use`
    this.used = []; // paths in the code
  }

  get root() {
    return this.parent === null ? this : this.parent.root;
  }
}

/** Reads one file's tokens into its module. */
class Reader {
  constructor(list, load) {
    this.list = list;
    this.load = load;
    this.at = 0;
  }

  text(ahead = 0) {
    const token = this.list[this.at + ahead];
    return token === undefined || token.kind === 'text' ? undefined : token.text;
  }

  name(ahead = 0) {
    const token = this.list[this.at + ahead];
    return token?.kind === 'name' ? token.text : undefined;
  }

  /** The index after the bracket that closes the one at `from`. */
  closing(from) {
    let depth = 0;
    for (let i = from; i < this.list.length; i += 1) {
      const { kind, text } = this.list[i];
      if (kind !== 'mark') continue;
      if (text in OPEN) depth += 1;
      else if (text === ')' || text === ']' || text === '}') {
        depth -= 1;
        if (depth === 0) return i + 1;
      }
    }
    return this.list.length;
  }

  /** Reads to `end`: items, or the inside of one. */
  read(module, end, inItem = false) {
    let path; // of `#[path = ".."]`
    while (this.at < end) {
      const text = this.text();
      if (text === '#' && (this.text(1) === '[' || (this.text(1) === '!' && this.text(2) === '['))) {
        const open = this.at + (this.text(1) === '[' ? 1 : 2);
        const close = this.closing(open);
        const inside = this.list.slice(open + 1, close - 1);
        this.at = close;
        if (isTest(inside)) this.skipItem(end);
        else path = this.attribute(module, inside) ?? path;
        continue;
      }
      const name = this.name();
      if (name === 'mod' && this.name(1) !== undefined && (this.text(2) === ';' || this.text(2) === '{')) {
        this.child(module, path);
        path = undefined;
        continue;
      }
      if (name === 'use' && this.startsStatement()) {
        const passedOn = ['pub', ')'].includes(this.list[this.at - 1]?.text);
        this.at += 1;
        this.imports(module, [], passedOn);
        continue;
      }
      if (name === 'macro_rules' && this.text(1) === '!') {
        module.defined.add(this.name(2));
        this.at += 3;
        continue;
      }
      if (!inItem && DEFINES.has(name) && this.name(1) !== undefined) {
        // `const fn`, `const unsafe fn`: the last word says what it is.
        const after = DEFINES.has(this.name(1)) || ['unsafe', 'async', 'extern', 'mut'].includes(this.name(1));
        if (after && this.name(1) !== 'mut') {
          this.at += 1;
          continue;
        }
        const defined = this.name(1) === 'mut' ? this.name(2) : this.name(1);
        module.defined.add(defined);
        this.at += this.name(1) === 'mut' ? 3 : 2;
        const last = this.itemEnd(end, name);
        this.read(module, last, true);
        continue;
      }
      if (!inItem && (name === 'impl' || (name === 'extern' && this.text(1) !== 'crate'))) {
        this.at += 1;
        if (name === 'impl') this.read(module, this.itemEnd(end, name), true);
        continue;
      }
      if (name !== undefined) {
        this.path(module);
        continue;
      }
      this.at += 1;
    }
  }

  startsStatement() {
    const before = this.list[this.at - 1];
    return before === undefined || ['{', '}', ';', ']', ')', 'pub'].includes(before.text);
  }

  /** Where the item that `word` began ends. */
  itemEnd(end, word) {
    const braced = !['const', 'static', 'type'].includes(word);
    for (let i = this.at; i < end; i += 1) {
      const { kind, text } = this.list[i];
      if (kind !== 'mark') continue;
      if (text === ';') return i + 1;
      if (text in OPEN) {
        const close = this.closing(i);
        if (text === '{' && braced) return close;
        i = close - 1;
      }
    }
    return end;
  }

  /** Skips what an attribute of tests stands at: an item, a statement, a field or an arm. */
  skipItem(end) {
    while (this.text() === '#') this.at = this.closing(this.at + 1);
    let angles = 0;
    while (this.at < end) {
      const text = this.text();
      if (text === '{' || text === '(' || text === '[') {
        this.at = this.closing(this.at);
        if (text === '{' && !['else', '.', '?', ';', ','].includes(this.text())) return;
        if (text === '{' && this.text() !== 'else') {
          if (this.text() === ';' || this.text() === ',') this.at += 1;
          return;
        }
        continue;
      }
      if (text === '}' || text === ')' || text === ']') return;
      this.at += 1;
      if (text === '<') angles += 1;
      if (text === '>') angles = Math.max(0, angles - 1);
      if (text === ';' || (text === ',' && angles === 0)) return;
    }
  }

  /** Paths in an attribute, also those that serde takes as text; returns the path of a module's file. */
  attribute(module, inside) {
    if (inside[0]?.text === 'path' && inside[2]?.kind === 'text') return inside[2].text;
    if (inside[0]?.text === 'doc') return undefined;
    const serde = inside.some(({ kind, text }) => kind === 'name' && text === 'serde');
    const list = inside.flatMap((token) => {
      if (token.kind !== 'text') return [token];
      return serde && /^[\w:]+$/.test(token.text) ? tokens(token.text) : [];
    });
    const reader = new Reader(list, this.load);
    while (reader.at < list.length) {
      if (reader.name() === undefined) reader.at += 1;
      else reader.path(module);
    }
    return undefined;
  }

  child(module, path) {
    const name = this.name(1);
    if (this.text(2) === '{') {
      const inline = new Module(module.file, module, name);
      module.children.set(name, inline);
      const end = this.closing(this.at + 2);
      this.at += 3;
      this.read(inline, end - 1);
      this.at = end;
      return;
    }
    this.at += 3;
    const loaded = this.load(module, name, path);
    if (loaded) module.children.set(name, loaded);
  }

  /** One tree of a `use`, after `use` or within its braces. */
  imports(module, before, passedOn) {
    const path = [...before];
    if (this.text() === '::') {
      path.push('');
      this.at += 1;
    }
    while (true) {
      if (this.text() === '$') this.at += 1;
      if (this.text() === '{') {
        const end = this.closing(this.at);
        this.at += 1;
        while (this.at < end - 1) this.imports(module, path, passedOn);
        this.at = end;
        break;
      }
      if (this.text() === '*') {
        module.globs.push(path);
        this.at += 1;
        break;
      }
      path.push(this.name());
      this.at += 1;
      if (this.text() === '::') {
        this.at += 1;
        continue;
      }
      const whole = path.length > 1 && path.at(-1) === 'self' ? path.slice(0, -1) : path;
      let name = whole.at(-1);
      if (this.text() === 'as') {
        name = this.name(1);
        this.at += 2;
      }
      if (!module.imports.has(name)) module.imports.set(name, []);
      module.imports.get(name).push(whole);
      if (passedOn) module.passedOn.add(whole);
      break;
    }
    if (this.text() === ',' || this.text() === ';') this.at += 1;
  }

  /** A path in the code, from its first name on; `called` where it is one name before a bracket. */
  path(module) {
    const before = this.list[this.at - 1]?.text;
    const path = [this.name()];
    this.at += 1;
    while (this.text() === '::' && this.name(1) !== undefined) {
      path.push(this.name(1));
      this.at += 2;
    }
    if (['.', '::', "'", 'fn'].includes(before) && this.list[this.at - 1 - path.length]?.kind !== 'text') return;
    const called = path.length > 1 || /^\p{Lu}/u.test(path[0]) || this.text() === '(' || this.text() === '!';
    if (called) module.used.push(path);
  }
}

/** Whether the inside of an attribute is `cfg(test)`, or `cfg` of something with tests in it. */
function isTest(inside) {
  if (inside[0]?.text !== 'cfg') return false;
  const words = inside.filter(({ kind }) => kind === 'name').map(({ text }) => text);
  return words.includes('test') && !words.includes('not');
}

/** The path of the file of a module's child, or null: what is made while building has none. */
function fileOf(module, name, path, exists) {
  const folder = dirname(module.file);
  if (path !== undefined) return join(folder, path);
  // A module that is written in a file has its children in a folder of its name.
  const inline = [];
  let outer = module;
  while (outer.parent !== null && outer.parent.file === module.file) {
    inline.unshift(outer.name);
    outer = outer.parent;
  }
  const stem = basename(module.file, '.rs');
  const own = ['mod', 'lib', 'main'].includes(stem) || outer.parent === null ? folder : join(folder, stem);
  const base = join(own, ...inline, name);
  return [`${base}.rs`, join(base, 'mod.rs')].find(exists) ?? null;
}

/** What a name means in a module: modules, and items with the files that define them. */
function lookUp(module, name, seen) {
  const found = [];
  if (module.children.has(name)) found.push({ module: module.children.get(name) });
  if (module.defined.has(name)) found.push({ file: module.file, name });
  // On the way to an import's own name: `pub use plan::plan`.
  if (seen.get(module)?.has(name)) return found;
  if (!seen.has(module)) seen.set(module, new Set());
  seen.get(module).add(name);
  for (const path of module.imports.get(name) ?? []) {
    // `use serde;` and the like mean another crate, not themselves.
    if (path.length === 1 && path[0] === name) continue;
    found.push(...resolve(module, path, seen));
  }
  if (found.length === 0) {
    for (const path of module.globs) {
      for (const { module: target } of resolve(module, path, new Map(seen))) {
        if (target) found.push(...lookUp(target, name, seen));
      }
    }
  }
  seen.get(module).delete(name);
  return found;
}

/** What a path means, seen from a module. */
function resolve(module, path, seen = new Map()) {
  let [first, ...rest] = path;
  let at;
  if (first === '' || first === undefined) return [];
  if (first === 'crate') at = [{ module: module.root }];
  else if (first === 'self') at = [{ module }];
  else if (first === 'super') {
    let outer = module.parent;
    while (rest[0] === 'super' && outer) {
      outer = outer.parent;
      rest = rest.slice(1);
    }
    at = outer ? [{ module: outer }] : [];
  } else at = lookUp(module, first, seen);
  for (const name of rest) {
    const items = at.filter(({ file }) => file);
    const modules = at.filter((one) => one.module);
    const next = modules.flatMap((one) => lookUp(one.module, name, seen));
    if (next.length > 0) at = next;
    // What follows a type is its own. What a module is not seen to define, a macro makes there,
    // unless the module has it from another crate.
    else if (items.length > 0) at = items;
    else at = modules.filter((one) => !one.module.imports.has(name)).map((one) => ({ file: one.module.file, name }));
  }
  return at;
}

/** Reads a crate from its root file on; returns all its modules. */
function modulesOf(root, { read, exists }) {
  const all = [];
  const load = (parent, name, path) => {
    const file = parent === null ? root : fileOf(parent, name, path, exists);
    if (file === null || !exists(file)) return null;
    const module = new Module(file, parent, name);
    const reader = new Reader(tokens(read(file)), load);
    reader.read(module, reader.list.length);
    all.push(module);
    return module;
  };
  load(null, '', undefined);
  const inner = (module) => [module, ...[...module.children.values()].filter(({ file }) => file === module.file).flatMap(inner)];
  return all.flatMap(inner);
}

const DISK = { read: (path) => readFileSync(path, 'utf8'), exists: existsSync };

/**
 * The edges between the files of a crate, from its root file (`lib.rs`, `main.rs`) on, and each
 * file's parent.
 */
export function crateEdges(root, files = DISK) {
  const edges = new Map();
  const parents = new Map();
  const modules = modulesOf(root, files);
  for (const module of modules) {
    if (module.parent !== null && module.parent.file !== module.file) parents.set(module.file, module.parent.file);
  }
  const isBelow = (file, other) => {
    for (let at = parents.get(file); at !== undefined; at = parents.get(at)) if (at === other) return true;
    return false;
  };
  for (const module of modules) {
    const ties = (meaning) => {
      for (const { file, name } of meaning) if (file) tie(edges, module.file, file, name);
    };
    for (const path of [...module.imports.values()].flat()) {
      let meaning = resolve(module, path);
      // A module that passes on what its children define does not use it: who takes it from there
      // is tied to the child.
      if (module.passedOn.has(path)) meaning = meaning.filter(({ file }) => !isBelow(file, module.file));
      // One name for a module and for something in it: the code says which of them is meant.
      if (!meaning.some((one) => one.module)) ties(meaning);
    }
    for (const path of module.used) ties(resolve(module, path));
  }
  return { edges, parentOf: (file) => parents.get(file) };
}
