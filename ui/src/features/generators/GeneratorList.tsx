/** Built by its feature's owner. */
export function GeneratorList() {
  return null;
}
