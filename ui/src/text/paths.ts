/** Shortens a path by the first of `folders` that it is in. */
export function short(path: string, folders: readonly (string | undefined)[]): string {
  const folder = folders.find((one) => one !== undefined && path.startsWith(`${one}/`));
  return folder === undefined ? path : path.slice(folder.length + 1);
}
