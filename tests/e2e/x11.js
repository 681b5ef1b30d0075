// A little of the X protocol, for what WebDriver cannot do: close the window as its frame does, drop files
// on it as a file manager does, and paste as another program does.
//
// Little-endian, core requests and ClientMessages only; see the X Window System Protocol, and the
// "Drag-and-Drop Protocol for the X Window System" (XDND), version 5.
import { connect } from 'node:net';
import { pathToFileURL } from 'node:url';
import { until } from './studio.js';

const pad = (length) => (4 - (length % 4)) % 4;

/** A connection to a display. */
export class Display {
  #socket;
  #bytes = Buffer.alloc(0);
  #sequence = 0;
  #replies = new Map();
  #ids;
  root;
  /** Hears events that are neither replies nor errors. */
  onEvent = () => {};

  static async open(name) {
    const number = /:(\d+)/.exec(name)[1];
    const display = new Display();
    display.#socket = connect(`/tmp/.X11-unix/X${number}`);
    await new Promise((resolve, reject) =>
      display.#socket.once('connect', resolve).once('error', reject),
    );
    const hello = Buffer.alloc(12);
    hello.write('l', 0, 'latin1');
    hello.writeUInt16LE(11, 2);
    display.#socket.write(hello);
    await new Promise((resolve, reject) => {
      const hear = (data) => {
        display.#bytes = Buffer.concat([display.#bytes, data]);
        if (display.#bytes.length < 8) return;
        const length = 8 + display.#bytes.readUInt16LE(6) * 4;
        if (display.#bytes.length < length) return;
        display.#socket.off('data', hear);
        const setup = display.#bytes.subarray(0, length);
        if (setup[0] !== 1) return reject(new Error('the display refuses'));
        display.#ids = { base: setup.readUInt32LE(12), next: 1 };
        const vendor = setup.readUInt16LE(24);
        const formats = setup[29] * 8;
        display.root = setup.readUInt32LE(40 + vendor + pad(vendor) + formats);
        display.#bytes = display.#bytes.subarray(length);
        display.#socket.on('data', (more) => display.#hear(more));
        resolve();
      };
      display.#socket.on('data', hear);
    });
    return display;
  }

  close() {
    this.#socket.destroy();
  }

  id() {
    return (this.#ids.base | this.#ids.next++) >>> 0;
  }

  #hear(data) {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    for (;;) {
      if (this.#bytes.length < 32) return;
      const kind = this.#bytes[0];
      const length = kind === 1 ? 32 + this.#bytes.readUInt32LE(4) * 4 : 32;
      if (this.#bytes.length < length) return;
      const message = this.#bytes.subarray(0, length);
      this.#bytes = this.#bytes.subarray(length);
      if (kind > 1) {
        this.onEvent(message);
        continue;
      }
      const sequence = message.readUInt16LE(2);
      const wait = this.#replies.get(sequence);
      this.#replies.delete(sequence);
      if (kind === 1) wait?.(message);
      else wait?.(null);
    }
  }

  /** Sends a request; `body` follows the four bytes of its head. */
  send(opcode, detail, body) {
    const head = Buffer.alloc(4);
    head[0] = opcode;
    head[1] = detail;
    head.writeUInt16LE(1 + body.length / 4, 2);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#socket.write(Buffer.concat([head, body]));
    return this.#sequence;
  }

  /** Sends a request that has a reply; null where it failed. */
  ask(opcode, detail, body) {
    return new Promise((resolve) => this.#replies.set(this.send(opcode, detail, body), resolve));
  }

  async atom(name) {
    const body = Buffer.alloc(4 + name.length + pad(name.length));
    body.writeUInt16LE(name.length, 0);
    body.write(name, 4, 'latin1');
    return (await this.ask(16, 0, body)).readUInt32LE(8);
  }

  async children(window) {
    const reply = await this.ask(15, 0, words(window));
    const count = reply?.readUInt16LE(16) ?? 0;
    return Array.from({ length: count }, (_, index) => reply.readUInt32LE(32 + index * 4));
  }

  /** A property's bytes. */
  async property(window, name) {
    const reply = await this.ask(20, 0, words(window, await this.atom(name), 0, 0, 1024));
    const size = (reply?.[1] ?? 0) / 8;
    return reply ? reply.subarray(32, 32 + reply.readUInt32LE(16) * size) : Buffer.alloc(0);
  }

  /** The screen's upper left part as it is drawn now: blue, green, red and a spare byte a pixel. */
  async screenshot(width, height) {
    const area = Buffer.alloc(8);
    area.writeUInt16LE(width, 4);
    area.writeUInt16LE(height, 6);
    const format = 2;
    const reply = await this.ask(73, format, Buffer.concat([words(this.root), area, words(~0)]));
    return { pixels: reply.subarray(32, 32 + width * height * 4), width };
  }

  /** Creates a window without pixels, to speak for. */
  hiddenWindow() {
    const window = this.id();
    // CreateWindow, InputOnly, one pixel, off the screen.
    const place = [0xffffffff, 0x00010001, 0x00020000];
    this.send(1, 0, words(window, this.root, ...place, 0, 0));
    return window;
  }

  /** Sends five numbers as a ClientMessage. */
  message(window, type, ...data) {
    const event = Buffer.alloc(32);
    event[0] = 33;
    event[1] = 32;
    event.writeUInt32LE(window, 4);
    event.writeUInt32LE(type, 8);
    data.forEach((value, index) => {
      event.writeUInt32LE(value >>> 0, 12 + index * 4);
    });
    this.send(25, 0, Buffer.concat([words(window, 0), event]));
  }
}

function words(...numbers) {
  const body = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => {
    body.writeUInt32LE(number >>> 0, index * 4);
  });
  return body;
}

/** The window of a process: the one with a title and a frame's protocols. */
async function windowOf(display, pid) {
  const look = async (windows) => {
    for (const window of windows) {
      const owner = await display.property(window, '_NET_WM_PID');
      const protocols = await display.property(window, 'WM_PROTOCOLS');
      const name = await display.property(window, '_NET_WM_NAME');
      if (
        owner.length >= 4 &&
        owner.readUInt32LE(0) === pid &&
        protocols.length > 0 &&
        /Cropmark/.test(name.toString())
      )
        return window;
      const below = await look(await display.children(window));
      if (below) return below;
    }
    return null;
  };
  return until(async () => look(await display.children(display.root)), `the window of ${pid}`);
}

/** The title of the window of a process. */
export async function titleOf(name, pid) {
  const display = await Display.open(name);
  try {
    const title = await display.property(await windowOf(display, pid), '_NET_WM_NAME');
    return title.toString();
  } finally {
    display.close();
  }
}

/** Asks the window of a process to close, as the button of its frame does. */
export async function closeWindow(name, pid) {
  const display = await Display.open(name);
  try {
    const window = await windowOf(display, pid);
    const [protocols, wish] = [
      await display.atom('WM_PROTOCOLS'),
      await display.atom('WM_DELETE_WINDOW'),
    ];
    display.message(window, protocols, wish, 0);
    // An answer to anything says that all before it has arrived.
    await display.property(window, 'WM_NAME');
  } finally {
    display.close();
  }
}

/** The first bytes (4 KiB) of what the clipboard gives as a type, such as `image/png`; null: nothing. */
export async function clipboardAs(name, type) {
  const display = await Display.open(name);
  try {
    const requestor = display.hiddenWindow();
    const [clipboard, target, property] = await Promise.all(
      ['CLIPBOARD', type, 'CROPMARK_PASTED'].map((one) => display.atom(one)),
    );
    const given = new Promise((resolve) => {
      // SelectionNotify: its property is 0 where the clipboard has no such type.
      display.onEvent = (event) => (event[0] & 0x7f) === 31 && resolve(event.readUInt32LE(20));
    });
    // ConvertSelection.
    display.send(24, 0, words(requestor, clipboard, target, property, 0));
    return (await given) === 0 ? null : await display.property(requestor, 'CROPMARK_PASTED');
  } finally {
    display.close();
  }
}

/** Drags files over a point of the window of a process, and drops them there. */
export async function dropFiles(name, pid, paths, [x, y]) {
  const display = await Display.open(name);
  try {
    const window = await windowOf(display, pid);
    const names = [
      'XdndAware',
      'XdndSelection',
      'XdndEnter',
      'XdndPosition',
      'XdndStatus',
      'XdndDrop',
      'XdndFinished',
      'XdndActionCopy',
      'text/uri-list',
      'TARGETS',
      'ATOM',
    ];
    const atoms = Object.fromEntries(
      await Promise.all(names.map(async (one) => [one, await display.atom(one)])),
    );
    const source = display.hiddenWindow();
    display.send(22, 0, words(source, atoms.XdndSelection, 0));
    const list = Buffer.from(`${paths.map((path) => pathToFileURL(path).href).join('\r\n')}\r\n`);
    const answers = { accepted: 0, finished: false };
    const change = (target, property, type, format, data, count) => {
      const body = Buffer.concat([
        words(target, property, type, format, count),
        data,
        Buffer.alloc(pad(data.length)),
      ]);
      display.send(18, 0, body);
    };
    display.onEvent = (event) => {
      const kind = event[0] & 0x7f;
      if (kind === 33) {
        const type = event.readUInt32LE(8);
        if (type === atoms.XdndStatus) answers.accepted = event.readUInt32LE(16) & 1;
        if (type === atoms.XdndFinished) answers.finished = true;
      }
      if (kind !== 30) return;
      // SelectionRequest: what is dragged is asked for.
      const [time, , requestor, , target, property] = [4, 8, 12, 16, 20, 24].map((at) =>
        event.readUInt32LE(at),
      );
      let given = property;
      if (target === atoms['text/uri-list'])
        change(requestor, property, target, 8, list, list.length);
      else if (target === atoms.TARGETS)
        change(requestor, property, atoms.ATOM, 32, words(atoms['text/uri-list']), 1);
      else given = 0;
      const notify = Buffer.alloc(32);
      notify[0] = 31;
      [time, requestor, atoms.XdndSelection, target, given].forEach((value, index) => {
        notify.writeUInt32LE(value, 4 + index * 4);
      });
      display.send(25, 0, Buffer.concat([words(requestor, 0), notify]));
    };
    display.message(window, atoms.XdndEnter, source, 5 << 24, atoms['text/uri-list'], 0, 0);
    const over = () =>
      display.message(
        window,
        atoms.XdndPosition,
        source,
        0,
        (x << 16) | y,
        0,
        atoms.XdndActionCopy,
      );
    await until(async () => {
      over();
      return answers.accepted;
    }, 'the window accepts files');
    display.message(window, atoms.XdndDrop, source, 0, 0, 0, 0);
    await until(() => answers.finished, 'the window takes the files');
  } finally {
    display.close();
  }
}
