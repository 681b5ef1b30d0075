// What is tidied up after a test: what began last ends first, so that no folder goes while
// something still writes into it.

const lists = new WeakMap();

/** Does something once the test is over, before what was begun earlier is ended. */
export function afterwards(test, action) {
  const known = lists.get(test);
  if (known) {
    known.push(action);
    return;
  }
  const actions = [action];
  lists.set(test, actions);
  test.after(async () => {
    for (const one of actions.toReversed()) await one();
  });
}
