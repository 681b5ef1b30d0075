// A screen whose pixels can be read and whose mouse can be moved: an X server that keeps its picture
// in a file. It is what the user sees, whatever the page believes.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Display } from '../e2e/x11.js';

const EVENT = { buttonDown: 4, buttonUp: 5, motion: 6 };
const WHEEL_DOWN = 5;
const COLOR_BYTES = 12;

export class Screen {
  #server;
  #folder;
  #file;
  #layout;
  #display;
  #test;
  /** The display's name. */
  name;

  static async start([width, height]) {
    const screen = new Screen();
    screen.#folder = mkdtempSync(join(tmpdir(), 'cropmark-screen-'));
    const size = `${width}x${height}x24`;
    const words = ['-displayfd', '3', '-screen', '0', size, '-fbdir', screen.#folder];
    screen.#server = spawn('Xvfb', [...words, '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await new Promise((resolve, reject) => {
      screen.#server.once('error', reject);
      screen.#server.once('exit', () => reject(new Error('Xvfb does not start')));
      screen.#server.stdio[3].once('data', (data) => resolve(String(data).trim()));
    });
    screen.name = `:${number}`;
    screen.#file = openSync(join(screen.#folder, 'Xvfb_screen0'), 'r');
    const head = Buffer.alloc(100);
    readSync(screen.#file, head, 0, head.length, 0);
    screen.#layout = readLayout(head);
    screen.#display = await Display.open(screen.name);
    screen.#test = await extension(screen.#display, 'XTEST');
    return screen;
  }

  stop() {
    this.#display.close();
    closeSync(this.#file);
    this.#server.removeAllListeners('exit');
    this.#server.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Rows of pixels of a part of the screen, every `step`th row, four bytes a pixel: B, G, R, 0. */
  rows({ left, top, width, height }, step) {
    const { offset, stride } = this.#layout;
    const rows = [];
    for (let y = top; y < top + height; y += step) {
      const row = Buffer.allocUnsafe(width * 4);
      readSync(this.#file, row, 0, row.length, offset + y * stride + left * 4);
      rows.push(row);
    }
    return rows;
  }

  move(x, y) {
    this.#fake(EVENT.motion, 0, x, y);
  }

  click() {
    this.#fake(EVENT.buttonDown, 1);
    this.#fake(EVENT.buttonUp, 1);
  }

  /** Presses the mouse's button; `release` lets it go. */
  hold() {
    this.#fake(EVENT.buttonDown, 1);
  }

  release() {
    this.#fake(EVENT.buttonUp, 1);
  }

  /** One notch of the mouse's wheel. */
  wheel() {
    this.#fake(EVENT.buttonDown, WHEEL_DOWN);
    this.#fake(EVENT.buttonUp, WHEEL_DOWN);
  }

  #fake(type, detail, x = 0, y = 0) {
    const body = Buffer.alloc(32);
    body[0] = type;
    body[1] = detail;
    body.writeUInt32LE(this.#display.root, 8);
    body.writeInt16LE(x, 20);
    body.writeInt16LE(y, 22);
    this.#display.send(this.#test, 2, body);
  }
}

/** Of the XWD file in which Xvfb keeps its picture: where the pixels begin, and a row's length. */
export function readLayout(head) {
  const word = (index) => head.readUInt32BE(index * 4);
  if (word(11) !== 32) throw new Error(`a screen of ${word(11)} bits a pixel cannot be read`);
  return { offset: word(0) + word(19) * COLOR_BYTES, stride: word(12) };
}

async function extension(display, name) {
  const body = Buffer.alloc(4 + name.length + ((4 - (name.length % 4)) % 4));
  body.writeUInt16LE(name.length, 0);
  body.write(name, 4, 'latin1');
  const reply = await display.ask(98, 0, body);
  if (reply?.[8] !== 1) throw new Error(`the display has no ${name}`);
  return reply[9];
}

/** How many different colours there are, up to `most`. */
export function colorsIn(rows, most) {
  const seen = new Set();
  for (const row of rows) {
    for (let at = 0; at < row.length && seen.size < most; at += 16) {
      seen.add(row.readUInt32LE(at) & 0xffffff);
    }
  }
  return seen.size;
}

/** How many of the pixels (every fourth is looked at) are clearly orange: the window never is. */
export function orangeIn(rows) {
  let count = 0;
  for (const row of rows) {
    for (let at = 0; at + 2 < row.length; at += 16) {
      if (row[at + 2] > row[at] + 110 && row[at + 2] > row[at + 1] + 70) count += 1;
    }
  }
  return count;
}

/** Looks again and again until `seen` gives something true. @returns when that was. */
export async function watch(seen, what, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    if (seen()) return Date.now();
    await pause(2);
  }
  throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
}
