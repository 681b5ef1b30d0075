// Circles in a graph of files: `edges` maps a file to the files that it names, with the names.

/** @typedef {Map<string, Map<string, Set<string>>>} Edges file → file that it names → the names */

/** Adds the edge from one file to another, with the name that ties them. */
export function tie(edges, from, to, name) {
  if (from === to) return;
  if (!edges.has(from)) edges.set(from, new Map());
  const targets = edges.get(from);
  if (!targets.has(to)) targets.set(to, new Set());
  targets.get(to).add(name);
}

/** The shortest way from one file to another that `allowed` lets through, or null. */
function way(edges, from, to, allowed = () => true) {
  const before = new Map([[from, null]]);
  const queue = [from];
  for (const file of queue) {
    if (file === to) {
      const files = [];
      for (let at = to; at !== null; at = before.get(at)) files.unshift(at);
      return files;
    }
    const next = [...(edges.get(file)?.keys() ?? [])].sort();
    for (const target of next) {
      if (before.has(target) || (target !== to && !allowed(target))) continue;
      before.set(target, file);
      queue.push(target);
    }
  }
  return null;
}

/** The circle's files from the first by name on, so that each circle is written in one way. */
function turned(files) {
  const first = files.indexOf([...files].sort()[0]);
  return [...files.slice(first), ...files.slice(0, first)];
}

/**
 * Finds the circles beyond a module and its own children, the shortest through each edge.
 *
 * A circle is allowed where all its files are one module's and that module is among them: a module
 * and its child may name each other, and a module may name one child, that child a second, and the
 * second the module. `parentOf(file)` is the file of a module's parent, or undefined.
 *
 * @param {Edges} edges
 * @returns {{ key: string, files: string[], names: string[][] }[]} `names[i]` are those by which
 *   `files[i]` names the next file.
 */
export function circles(edges, parentOf) {
  const found = new Map();
  for (const [from, targets] of edges) {
    for (const to of targets.keys()) {
      if (parentOf(from) === to || parentOf(to) === from) continue;
      const family = parentOf(from) !== undefined && parentOf(from) === parentOf(to);
      // A circle through two siblings that leaves the family has an edge that is no family's:
      // it is found from there.
      const back = way(edges, to, from, family ? (file) => parentOf(file) === parentOf(from) : undefined);
      if (back === null) continue;
      const files = turned(back);
      const key = files.join(' → ');
      if (found.has(key)) continue;
      const names = files.map((file, i) => {
        const next = files[(i + 1) % files.length];
        return [...edges.get(file).get(next)].sort();
      });
      found.set(key, { key, files, names });
    }
  }
  return [...found.values()].sort((a, b) => a.files.length - b.files.length || (a.key < b.key ? -1 : 1));
}

/** A circle in words: each file, and by which names it reaches the next. */
export function inWords({ files, names }) {
  return files.map((file, i) => {
    const next = files[(i + 1) % files.length];
    return `  ${file}\n    names ${names[i].join(', ')} of ${next}`;
  }).join('\n');
}
