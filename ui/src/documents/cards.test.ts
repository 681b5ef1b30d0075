import { expect, test } from 'vitest';
import { assignCards, type Card } from './cards';

const card = (id: string, text = id.toUpperCase()): Card => ({ id, text });
const after = (former: string, texts: string) =>
  assignCards(
    [...former].map((id) => card(id)),
    [...texts],
  ).map(({ id }) => (id.length === 1 ? id : '+'));

test('a card goes with its operation, wherever the list puts it', () => {
  expect(after('abc', 'ABC')).toEqual(['a', 'b', 'c']);
  expect(after('abc', 'BCA')).toEqual(['b', 'c', 'a']);
  expect(after('abc', 'BC')).toEqual(['b', 'c']);
  expect(after('bc', 'ABC')).toEqual(['+', 'b', 'c']);
  expect(after('', 'AB')).toEqual(['+', '+']);
});

test('an operation that was changed keeps the card of its place', () => {
  expect(after('abc', 'AXC')).toEqual(['a', 'b', 'c']);
  expect(assignCards([card('a')], ['X'])).toEqual([{ id: 'a', text: 'X' }]);
});

test('equal operations keep their places', () => {
  const former = [card('a', 'S'), card('b', 'S'), card('c', 'T')];
  expect(assignCards(former, ['S', 'S', 'T'])).toEqual(former);
  expect(assignCards(former, ['S', 'T']).map(({ id }) => id)).toEqual(['a', 'c']);
});
