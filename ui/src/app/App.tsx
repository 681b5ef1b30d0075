/** Built by its feature's owner. */
export function App() {
  return null;
}
