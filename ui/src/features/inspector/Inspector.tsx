/** Built by its feature's owner. */
export function Inspector() {
  return null;
}
