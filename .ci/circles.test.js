// No circles of files beyond a module and its own children, in any crate and in the page; and what
// finds them finds those that are planted.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { circlesOf, KNOWN } from './circles.js';
import { circles, inWords } from './circles/graph.js';
import { pageEdges } from './circles/page.js';
import { crateEdges, tokens } from './circles/rust.js';

/** The circles of a crate that is given by its files' texts. */
function inCrate(sources) {
  const files = { read: (path) => sources[path], exists: (path) => path in sources };
  const { edges, parentOf } = crateEdges('lib.rs', files);
  return circles(edges, parentOf);
}

/** The circles of a page that is given by its files' texts. */
function inPage(sources) {
  const { edges, parentOf } = pageEdges('src', new Map(Object.entries(sources)));
  return circles(edges, parentOf);
}

const keys = (found) => found.map(({ key }) => key);

test('no circle of files is new, and none on the list is gone', () => {
  const found = circlesOf('.');
  const known = new Set(readFileSync(KNOWN, 'utf8').split('\n').filter(Boolean));
  const fresh = found.filter(({ key }) => !known.has(key));
  assert.equal(fresh.length, 0, `circles of files:\n${fresh.map(inWords).join('\n\n')}`);
  const gone = [...known].filter((key) => !keys(found).includes(key));
  assert.deepEqual(gone, [], `gone: "node .ci/circles.js --keep" takes them from ${KNOWN}`);
});

test('a circle that is planted into a copy of the sources is found', () => {
  const copy = mkdtempSync(join(tmpdir(), 'cropmark-circles-'));
  try {
    const only = { recursive: true, filter: (path) => !/\/(target|node_modules|dist|gen)$/.test(path) };
    cpSync('src-tauri', join(copy, 'src-tauri'), only);
    cpSync('ui/src', join(copy, 'ui/src'), only);
    const before = new Set(keys(circlesOf(copy)));
    const root = join(copy, 'src-tauri/crates/wire/src');
    const lib = readFileSync(join(root, 'lib.rs'), 'utf8');
    writeFileSync(join(root, 'lib.rs'), `${lib}\nmod first;\nmod second;\n`);
    writeFileSync(join(root, 'first.rs'), 'use crate::second::Second;\npub struct First(Second);\n');
    writeFileSync(join(root, 'second.rs'), 'pub struct Second;\nfn of() -> super::first::First { todo!() }\n');
    writeFileSync(join(copy, 'ui/src/one.ts'), "import { two } from './two';\nexport const one = () => two;\n");
    writeFileSync(join(copy, 'ui/src/two.ts'), "import type { one } from '@/one';\nexport const two: typeof one | 1 = 1;\n");
    assert.deepEqual(
      keys(circlesOf(copy)).filter((key) => !before.has(key)),
      [
        'src-tauri/crates/wire/src/first.rs → src-tauri/crates/wire/src/second.rs',
        'ui/src/one.ts → ui/src/two.ts',
      ],
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('a circle of two files is found with the names that tie them', () => {
  const found = inCrate({
    'lib.rs': 'mod a; mod b;',
    'a.rs': 'use crate::b::{self, B as Other}; pub struct A(Other); fn f() { b::help() }',
    'b.rs': 'pub struct B; pub fn help() {} impl B { fn a(&self) -> crate::a::A { todo!() } }',
  });
  assert.deepEqual(found, [{ key: 'a.rs → b.rs', files: ['a.rs', 'b.rs'], names: [['B', 'help'], ['A']] }]);
  assert.equal(inWords(found[0]), '  a.rs\n    names B, help of b.rs\n  b.rs\n    names A of a.rs');
});

test('a circle of three files is found through what modules pass on', () => {
  const found = inCrate({
    'lib.rs': 'mod one; mod two; pub use one::part::Part; pub use two::*;',
    'one/mod.rs': 'pub mod part;',
    'one/part.rs': 'pub struct Part(crate::Second);',
    'two.rs': 'mod third; pub struct Second(third::Third);',
    'two/third.rs': 'use crate::Part; pub struct Third(Part);',
  });
  assert.deepEqual(keys(found), ['one/part.rs → two.rs → two/third.rs']);
  assert.deepEqual(found[0].names, [['Second'], ['Third'], ['Part']]);
});

test('a module and its own children may name each other, and nothing else may', () => {
  const family = {
    'lib.rs': 'mod a;',
    'a/mod.rs': 'mod b; mod c; pub struct A; fn f() { b::run() }',
    'a/b.rs': 'pub fn run() { super::c::run() }',
    'a/c.rs': 'use super::A; pub fn run() -> A { A }',
  };
  assert.deepEqual(inCrate(family), []);
  const siblings = { ...family, 'a/c.rs': 'pub fn run() { super::b::run() }' };
  assert.deepEqual(keys(inCrate(siblings)), ['a/b.rs → a/c.rs']);
  const stranger = {
    ...family,
    'lib.rs': 'mod a; mod z;',
    'a/mod.rs': 'mod b; mod c; pub struct A; fn f() { crate::z::run() }',
    'z.rs': 'pub fn run() { crate::a::b::run() }',
  };
  assert.deepEqual(keys(inCrate(stranger)), ['a/b.rs → a/c.rs → a/mod.rs → z.rs']);
});

test('what only passes a name on is no part of a circle', () => {
  const sources = {
    'lib.rs': 'mod a; mod z;',
    'a/mod.rs': 'mod b; pub use b::B; pub struct A;',
    'a/b.rs': 'pub struct B(crate::z::Z);',
    'z.rs': 'pub struct Z(crate::a::A);',
  };
  assert.deepEqual(inCrate(sources), []);
});

test('tests, comments and texts tie nothing; paths in macros and attributes do', () => {
  const a = 'pub struct A;';
  const quiet = [
    '#[cfg(test)] mod tests { use crate::a::A; }',
    '#[cfg(all(test, unix))] fn f() -> crate::a::A { A }',
    'struct S { #[cfg(test)] a: Vec<crate::a::A>, b: u8 }',
    '// crate::a::A\n/* crate::a::A /* */ crate::a::A */',
    'const T: (&str, char) = (r#"crate::a::A " "#, \'"\'); const U: &str = "crate::a::A";',
  ];
  for (const text of quiet) {
    const back = { 'lib.rs': 'mod a; mod b;', 'a.rs': `${a} use crate::b::B;`, 'b.rs': `pub struct B; ${text}` };
    assert.deepEqual(inCrate(back), [], text);
  }
  const loud = [
    'fn f() { println!("{:?}", crate::a::A) }',
    "fn f<'a>(x: &'a u8) -> Vec<super::a::A> { vec![] }",
    'struct S { #[serde(with = "crate::a::A")] s: u8 }',
    '#[cfg(not(test))] fn f() -> crate::a::A { todo!() }',
    'use super::*; fn f() -> a::A { todo!() }',
    'mod inner { use super::super::a::A; }',
    'fn f() { use crate::a as other; let a = other::A; }',
  ];
  for (const text of loud) {
    const back = { 'lib.rs': 'mod a; mod b;', 'a.rs': `${a} use crate::b::B;`, 'b.rs': `pub struct B; ${text}` };
    assert.deepEqual(keys(inCrate(back)), ['a.rs → b.rs'], text);
  }
});

test('a module and a function of one name are told apart', () => {
  const lib = 'pub mod a; pub mod b; pub use a::a;';
  const of = (text) => inCrate({ 'lib.rs': lib, 'a.rs': 'mod c; pub fn a() { crate::b::b() }', 'a/c.rs': 'pub fn c() {}', 'b.rs': text });
  assert.deepEqual(of('use crate::a; pub fn b() { a::c::c() }'), []);
  assert.deepEqual(keys(of('use crate::a; pub fn b() { a() }')), ['a.rs → b.rs']);
});

test('a Rust source is taken apart with care', () => {
  const text = `b"a\\"b" r##"x"# y"## 'x' '\\'' b'\\\\' 'a: loop { r#type } 0..n 1.5e3_f64 x::<y>`;
  const found = tokens(text).filter(({ kind }) => kind === 'name').map(({ text: name }) => name);
  assert.deepEqual(found, ['loop', 'type', 'n', 'x', 'y']);
});

test('circles in the page are found through exports of others, types and late imports', () => {
  const found = inPage({
    'src/a.tsx': "import type { C } from '@/c';\nexport type A = C;\nexport const a: C = 1;\n",
    'src/b.ts': "export { a as b, type A as B } from './a';\n",
    'src/c.ts': "import {\n  type B,\n  b,\n} from './b';\nexport type C = B | typeof b;\n",
    'src/lazy/one.tsx': "const Two = lazy(() => import('./two'));\nexport default function One() {}\n",
    'src/lazy/two.tsx': "import One from './one';\nexport default function Two() {}\n",
  });
  // c.ts takes `b` from b.ts, which only passes it on: the tie is to a.tsx.
  assert.deepEqual(keys(found), ['src/a.tsx → src/c.ts', 'src/lazy/one.tsx → src/lazy/two.tsx']);
  assert.deepEqual(found[0].names, [['C'], ['B', 'b']]);
  const three = inPage({
    'src/x.ts': "import { y } from './y';\nexport const x = y;\n",
    'src/y.ts': "import * as z from './z';\nexport const y = z;\n",
    'src/z.ts': "import { x as other } from './x';\nexport { other };\n",
  });
  assert.deepEqual(keys(three), ['src/x.ts → src/y.ts → src/z.ts']);
  assert.deepEqual(three[0].names, [['y'], ['*'], ['x']]);
});

test('a file of the page and those in its folder are a module and its children', () => {
  const sources = {
    'src/box.ts': "import { lid } from './box/lid';\nexport const box = lid;\n",
    'src/box/lid.ts': "import type { box } from '../box';\nexport const lid = 1;\n",
  };
  assert.deepEqual(inPage(sources), []);
});
