/** Built by its feature's owner. */
export function ThemeList() {
  return null;
}
