/** Built by its feature's owner. */
export function Grid() {
  return null;
}
