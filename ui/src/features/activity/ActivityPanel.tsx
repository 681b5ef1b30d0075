/** Built by its feature's owner. */
export function ActivityPanel() {
  return null;
}
