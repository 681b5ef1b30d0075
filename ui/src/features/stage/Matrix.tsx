/** Built by its feature's owner. */
export function Matrix() {
  return null;
}
