/** Built by its feature's owner. */
export function ExportDialog() {
  return null;
}
