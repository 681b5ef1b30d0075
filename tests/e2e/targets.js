// Targets of the pointer: which of them are smaller than 24 x 24 CSS pixels.

/** Runs in the page: the targets in sight that are too small, as sentences. */
function tooSmall(least) {
  const KINDS =
    'button, a[href], input, select, textarea, summary, [role=button], [role=checkbox], ' +
    '[role=radio], [role=switch], [role=slider], [role=option], [role=menuitem], ' +
    '[role=menuitemcheckbox], [role=treeitem], [role=tab], [role=combobox]';
  const box = (element) => element.getBoundingClientRect();
  /** Inputs for screen readers alone; what a closed panel holds. */
  const isDrawn = (element) => {
    const { width, height } = box(element);
    if (width <= 1 || height <= 1 || element.closest('[inert], [aria-hidden=true]')) return false;
    const { clip, clipPath, visibility, pointerEvents } = getComputedStyle(element);
    const isClipped = clip !== 'auto' || clipPath.startsWith('inset(50%');
    return !isClipped && visibility === 'visible' && pointerEvents !== 'none';
  };
  /** Its size with that of its label, which is part of the target. */
  const sizeOf = (element) => {
    const labels = element.matches('[type=checkbox], [type=radio]') ? [...element.labels] : [];
    const boxes = [element, ...labels].map(box);
    const length = (from, to) =>
      Math.max(...boxes.map((one) => one[to])) - Math.min(...boxes.map((one) => one[from]));
    return { width: length('left', 'right'), height: length('top', 'bottom') };
  };
  /** Whether a press this far from its middle still reaches it, where more is pressed than drawn. */
  const reaches = (element) => {
    element.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = box(element);
    const [x, y] = [left + width / 2, top + height / 2];
    const by = least / 2 - 0.5;
    const points = [
      [x - Math.max(by, width / 2 - 1), y],
      [x + by, y],
      [x, y - by],
      [x, y + by],
    ];
    return points.every(([px, py]) => element.contains(document.elementFromPoint(px, py)));
  };
  const found = [...document.querySelectorAll(KINDS)].filter(isDrawn).filter((element) => {
    const { width, height } = sizeOf(element);
    const isLarge = width >= least - 0.01 && height >= least - 0.01;
    return !isLarge && !reaches(element);
  });
  return found.map((element) => {
    const { width, height } = sizeOf(element);
    const name = element.getAttribute('aria-label') ?? element.textContent.trim();
    const kind = element.getAttribute('role') ?? element.localName;
    return `${kind} "${name.slice(0, 60)}" ${width.toFixed(1)} x ${height.toFixed(1)} ${element.className}`;
  });
}

/** How many targets there are at least on a screen: fewer were not found, not large. */
const FEWEST = 2;

/** The targets of the current screen that are too small. */
export async function smallTargets({ evaluate }, screen) {
  const number = await evaluate(() => document.querySelectorAll('button').length);
  if (number < FEWEST) return [`${screen}: only ${number} buttons are there`];
  const found = await evaluate(tooSmall, 24);
  return found.map((one) => `${screen}: ${one}`);
}
