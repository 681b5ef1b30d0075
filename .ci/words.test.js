// Words that no text for users has: neither the window's catalogue nor a message of the crates.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const UNWANTED =
  /\b(any more|anew|go on|goes on|must not be|is taken|os error|mend|mended|is no TOML|in vain)\b/i;

/** Files below a folder with an ending. */
const files = (folder, ending) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/** The string literals of a Rust file that are no part of comments, tests or log messages. */
export function literals(source) {
  const [code] = source.split('#[cfg(test)]');
  return code
    .split('\n')
    .filter((line) => !/^\s*(\/\/|tracing::)/.test(line) && !/(expect|assert\w*!?)\(/.test(line))
    .flatMap((line) => line.match(/"(?:[^"\\]|\\.)*"|^\s+[^"]*\\$/g) ?? []);
}

test('string literals are found, and what is no message is not', () => {
  const source = `/// is not there any more
fn a() { say("is not there any more"); } // "anew"
    tracing::debug!("goes on");
#[cfg(test)]
mod tests { const A: &str = "must not be"; }`;
  assert.deepEqual(literals(source), ['"is not there any more"', '"anew"']);
});

test('the window’s texts have none of the words', () => {
  const found = files('ui/src/text/en', '.json').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => UNWANTED.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.deepEqual(found, []);
});

test('messages of the crates have none of the words', () => {
  const sources = ['src-tauri/src', 'src-tauri/crates']
    .flatMap((folder) => files(folder, '.rs'))
    .filter((file) => !/(^|\/)(tests|test_worker|examples|benches)\/|tests?\.rs$/.test(file));
  assert.ok(sources.length > 100);
  const found = sources.flatMap((file) =>
    literals(readFileSync(file, 'utf8'))
      // The one that takes them out of the system's messages.
      .filter((text) => UNWANTED.test(text) && text !== '" (os error "')
      .map((text) => `${file}: ${text}`),
  );
  assert.deepEqual(found, []);
});
