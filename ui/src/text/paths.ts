// Paths as people read them.

/** A path without the folder that everybody knows: the first of `folders` that it is below. */
export function short(path: string, folders: readonly (string | undefined)[]): string {
  const folder = folders.find((one) => one !== undefined && path.startsWith(`${one}/`));
  return folder === undefined ? path : path.slice(folder.length + 1);
}
