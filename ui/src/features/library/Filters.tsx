/** Built by its feature's owner. */
export function Filters() {
  return null;
}
