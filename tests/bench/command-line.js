// What the command lines of the benchmarks have in common.

/** @returns the number, or throws an Error that names the option. */
export function count(option, text, least = 1) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) {
    throw new Error(`--${option} takes a whole number of at least ${least}, not "${text}"`);
  }
  return number;
}

/** @returns the steps as they were given, all without any, or throws an Error that names a stranger. */
export function chosen(words, steps) {
  const stranger = words.find((step) => !steps.includes(step));
  if (stranger !== undefined) throw new Error(`there is no step "${stranger}": ${steps.join(', ')}`);
  return words.length > 0 ? words : steps;
}
