// The user's actions in the window, in words: find by role and name, press keys, perform an action.
import { until } from './studio.js';

/** Keys as WebDriver names them. */
export const Key = {
  ctrl: '\uE009',
  shift: '\uE008',
  alt: '\uE00A',
  enter: '\uE007',
  tab: '\uE004',
  escape: '\uE00C',
  left: '\uE012',
  up: '\uE013',
  right: '\uE014',
  down: '\uE015',
  home: '\uE011',
  end: '\uE010',
  f1: '\uE031',
};

/** Runs in the page: the first element in sight with this role and name. */
function lookUp(role, name, exact, within) {
  const kinds = {
    button: 'button, [role=button]',
    textbox: 'input:not([type=checkbox], [type=range], [type=radio]), textarea, [role=textbox]',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    slider: 'input[type=range], [role=slider]',
    heading: 'h1, h2, h3, h4, [role=heading]',
  };
  const nameOf = (element) =>
    element.getAttribute('aria-label') ??
    (element.labels?.length ? element.labels[0].textContent : element.textContent);
  const roots = [...document.querySelectorAll(within)];
  for (const root of roots) {
    for (const element of root.querySelectorAll(kinds[role] ?? `[role=${role}]`)) {
      const own = (nameOf(element) ?? '').trim();
      if (exact ? own !== name : !own.includes(name)) continue;
      if (element.getClientRects().length > 0) return element;
    }
  }
  return null;
}

/** Returns the user's actions on a studio from `openStudio`. */
export function handsOn({ browser }) {
  const find = (role, name, { exact = true, within = 'body', wait = 15_000 } = {}) =>
    until(
      async () => {
        const found = await browser.execute(lookUp, role, name, exact, within);
        return found && browser.$(found);
      },
      `${role} "${name}" in ${within}`,
      wait,
    );
  const $ = (selector, wait = 15_000) =>
    until(
      async () => {
        const found = await browser.execute((css) => document.querySelector(css), selector);
        return found && browser.$(found);
      },
      selector,
      wait,
    );
  /** Presses keys together, such as Ctrl and K, and lets them go. */
  const press = async (...keys) => {
    const action = browser.action('key');
    for (const key of keys) action.down(key);
    for (const key of [...keys].reverse()) action.up(key);
    await action.perform();
  };
  const evaluate = (script, ...words) => browser.execute(script, ...words);
  const hands = {
    browser,
    find,
    $,
    press,
    evaluate,
    /** Waits until a function in the page gives something true, and returns it. */
    untilPage: (script, what, { words = [], wait = 15_000 } = {}) =>
      until(() => browser.execute(script, ...words), what, wait),
    click: async (role, name, options) => (await find(role, name, options)).click(),
    /** Replaces what is in a text field. */
    fill: async (role, name, text, options) => {
      const field = await find(role, name, options);
      await evaluate((element) => {
        element.focus();
        element.select();
      }, field);
      await press(Key.ctrl, 'a');
      await browser.elementSendKeys(field.elementId, text);
      return field;
    },
    /** Performs an action of the palette by its label. */
    act: async (label) => {
      await press(Key.ctrl, 'k');
      const field = await $('[role=dialog] [role=combobox], [role=dialog] input');
      await browser.elementSendKeys(field.elementId, label);
      await until(
        () =>
          evaluate(
            (wanted) =>
              document
                .querySelector('[role=dialog] [role=option][aria-selected=true]')
                ?.textContent.includes(wanted),
            label,
          ),
        `the palette offers "${label}"`,
      );
      await press(Key.enter);
      await hands.untilPage(
        () => !document.querySelector('[role=dialog] [role=combobox]'),
        'palette closes',
      );
    },
    /** How wide the sides are, once they stand there. */
    sides: () =>
      hands.untilPage(() => {
        const [sidebar, inspector] = ['nav', 'aside'].map((part) => document.querySelector(part));
        const width = (part) => Math.round(part.getBoundingClientRect().width);
        return sidebar && inspector && { sidebar: width(sidebar), inspector: width(inspector) };
      }, 'both sides'),
    /** The tile of an asset, by its path below the workspace. */
    tile: (path) => $(`[role=gridcell][data-path="${path}"]`),
    /** Chooses a generator in the sidebar. */
    chooseGenerator: async (file, generator) => {
      const line = await $(`[data-line][data-file="${file}"][data-generator="${generator}"]`);
      await line.scrollIntoView({ block: 'nearest' });
      await line.click();
    },
    /** Opens the compare view on an asset and a generator, and waits for its variant. */
    compare: async (path, file, generator) => {
      await (await hands.tile(path)).click();
      await hands.chooseGenerator(file, generator);
      await hands.click('button', 'Compare');
      return hands.currentVariant();
    },
    /** The variant in sight once it is what is wanted now: its key, address, bytes and words. */
    currentVariant: (wait = 30_000) =>
      until(() => evaluate(variant, true), 'a current variant', wait),
    /** The variant in sight, whether it is current or not. */
    variant: () => evaluate(variant, false),
  };
  return hands;
}

/** Runs in the page. */
function variant(onlyCurrent) {
  const facts = document.querySelector('[data-facts]');
  const image = document.querySelector('img[data-key]');
  const figure = facts?.querySelector('[data-bytes]');
  if (!facts || !figure || !image?.complete || image.naturalWidth === 0) return null;
  const current = facts.dataset.current === 'true';
  if (onlyCurrent && (!current || figure.textContent.startsWith('≈'))) return null;
  return {
    key: image.dataset.key,
    url: image.currentSrc || image.src,
    bytes: Number(figure.dataset.bytes),
    width: image.naturalWidth,
    height: image.naturalHeight,
    words: facts.innerText,
    current,
  };
}
