/** Built by its feature's owner. */
export function Sheet() {
  return null;
}
