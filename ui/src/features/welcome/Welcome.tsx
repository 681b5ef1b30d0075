/** What the window shows while no workspace is open. */
export function Welcome() {
  return null;
}
