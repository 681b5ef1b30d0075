/** Built by its feature's owner. */
export function Sidebar() {
  return null;
}
