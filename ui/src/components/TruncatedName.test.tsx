import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { TruncatedName, tailOf } from './TruncatedName';

const cut = (name: string) => [name.slice(0, tailOf(name)), name.slice(tailOf(name))];

test.each([
  ['a very long name (final 2).jpg', ['a very long name (fina', 'l 2).jpg']],
  ['photos/2026/arcade-1.jpg', ['photos/2026/arca', 'de-1.jpg']],
  ['without-an-extension', ['without-an-exten', 'sion']],
  ['what.is-this-no-extension', ['what.is-this-no-exten', 'sion']],
  // Nothing is gained: such names are cut at their end.
  ['short.jpg', ['short.jpg', '']],
  ['.hidden', ['.hidden', '']],
  ['', ['', '']],
])('%s is cut before its end', (name, parts) => {
  expect(cut(name)).toEqual(parts);
});

test('a character is not cut in two', () => {
  expect(cut('sunset-on-the-beach-🏖abc.jpg')).toEqual(['sunset-on-the-beach-', '🏖abc.jpg']);
});

test('screen readers and search find the name in one piece', () => {
  const name = 'photos/2026/dusk-ridge.jpg';
  const { container } = render(<TruncatedName name={name} />);
  expect(container).toHaveTextContent(name);
  expect(screen.getByText(name)).toBeInTheDocument();
});
