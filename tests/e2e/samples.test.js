// The samples open, their thumbnails appear, and the page can reach nothing but `variant://`.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { samples } from './folders.js';
import { start } from './start.js';

test('from the welcome screen to thumbnails of the samples', async (t) => {
  const { studio, click, untilPage, evaluate, $ } = await start(t);
  await click('button', 'Open Sample Workspace');
  await untilPage(
    () => {
      const images = [...document.querySelectorAll('[role=gridcell] img')];
      return images.length >= 15 && images.every((one) => one.complete && one.naturalWidth > 0);
    },
    'thumbnails of the samples',
    { wait: 60_000 },
  );
  const files = await evaluate(() =>
    [...document.querySelectorAll('[role=gridcell]')].map((tile) => tile.dataset.path),
  );
  assert.ok(files.includes('photos/autumn-lake.jpg'), files.join());
  const generators = await untilPage(() => {
    const lines = [...document.querySelectorAll('[data-line][data-generator]')];
    return lines.length > 0 && lines.map((one) => one.dataset.generator);
  }, 'the generators of the samples');
  assert.ok(generators.includes('hero') && generators.includes('travel'), generators.join());

  const loaded = await evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  const foreign = loaded.filter(
    (url) => !/^(tauri:|variant:|ipc:|http:\/\/ipc\.localhost)/.test(url),
  );
  assert.deepEqual(foreign, []);
  const pictures = await evaluate(() => [...document.images].map(({ src }) => src));
  assert.ok(
    pictures.every((url) => url.startsWith('variant://localhost/')),
    pictures.join(),
  );

  const folder = await (await $('header button[title]')).getAttribute('title');
  assert.ok(folder.startsWith(studio.home) && !folder.startsWith(samples), folder);
});

test('the page reaches nothing else', async (t) => {
  const { studio, untilPage, evaluate } = await start(t, { words: ['--samples'] });
  await untilPage(() => document.querySelector('[role=gridcell] img')?.naturalWidth > 0, 'tiles', {
    wait: 60_000,
  });
  const asked = [];
  const server = createServer((request, answer) => {
    asked.push(request.url);
    answer.setHeader('Access-Control-Allow-Origin', '*');
    answer.end('reached');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const file = join(studio.home, 'secret.txt');
  writeFileSync(file, 'secret');
  const web = `http://127.0.0.1:${server.address().port}`;

  for (const url of [`${web}/fetch`, `file://${file}`, `variant://localhost/${file}`]) {
    const outcome = await evaluate(async (address) => {
      try {
        const answer = await fetch(address);
        return answer.ok ? await answer.text() : `status ${answer.status}`;
      } catch {
        return 'refused';
      }
    }, url);
    assert.match(outcome, /^(refused|status 404)$/, `${url}: ${outcome}`);
  }
  const image = await evaluate(
    (address) =>
      new Promise((resolve) => {
        const element = new Image();
        element.onload = () => resolve('loaded');
        element.onerror = () => resolve('refused');
        element.src = address;
      }),
    `${web}/image`,
  );
  assert.equal(image, 'refused');
  assert.deepEqual(asked, []);

  const inline = await evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineScriptRan = true';
    document.body.append(script);
    const link = document.createElement('a');
    link.setAttribute('onclick', 'window.inlineScriptRan = true');
    document.body.append(link);
    link.click();
    let evaluated = true;
    try {
      // biome-ignore lint/security/noGlobalEval: it is tried because it must not work
      window.eval('1');
    } catch {
      evaluated = false;
    }
    script.remove();
    link.remove();
    return { ran: window.inlineScriptRan === true, evaluated };
  });
  assert.deepEqual(inline, { ran: false, evaluated: false });
  assert.equal(await evaluate(() => '__TAURI__' in window), false);

  // What the desktop shell offers beyond our own commands stays closed.
  for (const command of [
    'plugin:shell|execute',
    'plugin:fs|read_file',
    'plugin:event|emit',
    'plugin:window|close',
    'plugin:dialog|open',
    'plugin:opener|open_url',
  ]) {
    const outcome = await evaluate(
      (name) =>
        window.__TAURI_INTERNALS__
          .invoke(name, { path: '/etc/passwd', event: 'x', url: 'http://x' })
          .then(() => 'done', String),
      command,
    );
    assert.match(outcome, /not allowed|not found/, `${command}: ${outcome}`);
  }
});
