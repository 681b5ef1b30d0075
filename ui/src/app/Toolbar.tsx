/** The line at the top of the window. */
export function Toolbar() {
  return null;
}
