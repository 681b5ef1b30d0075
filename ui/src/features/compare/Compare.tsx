/** Built by its feature's owner. */
export function Compare() {
  return null;
}
