// Families of fonts in descriptions such as `Open Sans Bold Italic`.

/** Families that every computer has: they mean fonts that come with the product. */
const GENERIC = new Set(['sans', 'sans-serif', 'serif', 'mono', 'monospace', 'system-ui']);

/** Words at the end of a description that say which face of a family is meant. */
const STYLE =
  /\s+(thin|(ultra|extra|semi|demi)?-?(light|bold)|book|regular|normal|roman|medium|black|heavy|italic|oblique|small-caps|(ultra-|extra-|semi-)?(condensed|expanded)|\d+(px)?)$/i;

/** The first family of a description: the words before those of the face. */
export function familyOf(description: string): string {
  let family = (description.split(',')[0] ?? '').trim();
  while (STYLE.test(family)) family = family.replace(STYLE, '');
  return family;
}

/** Whether the family of a description is among the installed ones; parameters are not looked into. */
export function isInstalled(description: string, families: readonly string[]): boolean {
  const own = (description.split(',')[0] ?? '').trim().toLowerCase();
  const family = familyOf(description).toLowerCase();
  if (family === '' || family.includes('{') || GENERIC.has(family)) return true;
  // A family may end with such a word itself: Arial Black.
  return families.some((one) => [own, family].includes(one.toLowerCase()));
}
