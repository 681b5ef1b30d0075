import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Document, Edit, EditArguments } from '@/api/bindings';
import { useNotices } from '@/state/notices';
import { applyEdits } from './applyEdits';
import { changeDocument, useDocument, whenSettled } from './edits';

const call = vi.hoisted(() => vi.fn());
vi.mock('@/api/rpc', async (original) => ({ ...(await original<object>()), call }));

const document: Document = {
  file: 'a.preset.toml',
  revision: 1,
  text: '',
  value: { generators: { hero: { output: { quality: 80 }, operations: [1, 2, 3] } } },
  problems: [],
  inherited: null,
  warnings: [],
  dirty: false,
  conflict: null,
};
const quality = (value: number): Edit => ({
  kind: 'set',
  path: ['generators', 'hero', 'output', 'quality'],
  value,
});

let client: QueryClient;
let sent: { wanted: EditArguments; answer: () => Promise<void>; refuse: () => Promise<void> }[];
let program: Document;

beforeEach(() => {
  program = document;
  sent = [];
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['document', document.file], document);
  useNotices.setState({ notices: [] });
  call.mockImplementation((name: string, wanted: EditArguments) => {
    if (name === 'document') return Promise.resolve(program);
    return new Promise((resolve, reject) => {
      sent.push({
        wanted,
        answer: () =>
          act(async () => {
            const value = applyEdits(program.value, wanted.edits);
            program = { ...program, value, revision: program.revision + 1, dirty: true };
            resolve(program);
          }),
        refuse: () => act(async () => reject({ code: 'invalid', message: 'This cannot be.' })),
      });
    });
  });
});

const show = () =>
  renderHook(() => useDocument(document.file), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
const change = (edit: Edit, gesture: string | null = null) =>
  act(() => {
    void changeDocument(client, document.file, { edits: [edit], label: 'Change', gesture });
  });

test('a drag: one call at a time, and of those that wait only the newest', async () => {
  const { result } = show();
  for (const value of [70, 60, 50, 40]) change(quality(value), 'drag');
  expect(sent.map(({ wanted }) => wanted.edits)).toEqual([[quality(70)]]);
  expect(result.current?.value).toEqual(applyEdits(document.value, [quality(40)]));
  await sent[0]?.answer();
  expect(sent.map(({ wanted }) => wanted.edits)).toEqual([[quality(70)], [quality(40)]]);
  expect(result.current?.value).toEqual(applyEdits(document.value, [quality(40)]));
  await sent[1]?.answer();
  expect(result.current).toMatchObject({ revision: 3, dirty: true, value: program.value });
});

test('changes of different gestures are each done, in order', async () => {
  show();
  const move: Edit = { kind: 'move', path: ['generators', 'hero', 'operations'], from: 0, to: 2 };
  change(quality(70));
  change(move);
  change(move);
  await sent[0]?.answer();
  await sent[1]?.answer();
  await sent[2]?.answer();
  expect(sent).toHaveLength(3);
  expect(program.value).toEqual(applyEdits(document.value, [quality(70), move, move]));
});

test('the form shows a move at once, and once only', async () => {
  const { result } = show();
  const move: Edit = { kind: 'move', path: ['generators', 'hero', 'operations'], from: 0, to: 2 };
  change(move);
  const expected = applyEdits(document.value, [move]);
  expect(result.current?.value).toEqual(expected);
  // The event of the change may bring the new document before its answer does.
  act(() => {
    client.setQueryData(['document', document.file], { ...document, value: expected, revision: 2 });
  });
  expect(result.current?.value).toEqual(expected);
  await sent[0]?.answer();
  expect(result.current?.value).toEqual(expected);
});

test('a refusal is told, and the document stands as the program has it', async () => {
  const { result } = show();
  change(quality(70));
  change(quality(60));
  const end = whenSettled(document.file);
  await sent[0]?.refuse();
  await end;
  expect(sent).toHaveLength(1);
  expect(useNotices.getState().notices).toMatchObject([{ message: 'This cannot be.' }]);
  await waitFor(() => expect(result.current?.value).toEqual(document.value));
});

test('while the text is no TOML the form keeps the last value', async () => {
  const { result } = show();
  act(() => {
    client.setQueryData(['document', document.file], { ...document, value: null, revision: 2 });
  });
  await waitFor(() =>
    expect(result.current).toMatchObject({ readable: false, value: document.value }),
  );
});

test('edits on a value: keys are made on the way, lists change in place', () => {
  const edits: Edit[] = [
    { kind: 'set', path: ['a', 'b'], value: 1 },
    { kind: 'insert', path: ['l'], index: 0, value: 'x' },
    { kind: 'insert', path: ['l'], index: 9, value: 'z' },
    { kind: 'insert', path: ['l'], index: 1, value: 'y' },
    { kind: 'move', path: ['l'], from: 2, to: 0 },
    { kind: 'remove', path: ['l', 1] },
    { kind: 'duplicate', path: ['a'], to: 'c' },
    { kind: 'rename', path: ['a'], to: 'd' },
    { kind: 'remove', path: ['c', 'b'] },
  ];
  expect(applyEdits({}, edits)).toEqual({ d: { b: 1 }, c: {}, l: ['z', 'y'] });
});
