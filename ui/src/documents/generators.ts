// Commands on generators and preset files.
import type { QueryClient } from '@tanstack/react-query';
import { create } from 'zustand';
import type { GeneratorChoice, JsonValue, PresetFile, Starter } from '@/api/bindings';
import { cacheDocument, presetsQuery } from '@/api/queries';
import { call, isApiError } from '@/api/rpc';
import { announce } from '@/state/announce';
import { flushAll } from '@/state/flush';
import { noticeSaved, showError, useNotices } from '@/state/notices';
import { useView } from '@/state/view';
import { t } from '@/text';
import { at } from './applyEdits';
import { changeDocument } from './edits';
import { wholeValue } from './inherited';
import { saveCopy } from './leaving';
import { freeName, type StartingPoint } from './startingPoints';

/** The generator that is being renamed in the list, if any. */
export const useRenaming = create<{ of: GeneratorChoice | null }>(() => ({ of: null }));

/** Whether the dialog for a new preset file is open. */
export const useNewPreset = create<{ open: boolean }>(() => ({ open: false }));

export const presetsOf = (client: QueryClient): PresetFile[] =>
  client.getQueryData(presetsQuery.queryKey) ?? [];

export const presetOf = (client: QueryClient, file: string) =>
  presetsOf(client).find((preset) => preset.file === file);

const namesOf = (client: QueryClient, file: string) =>
  (presetOf(client, file)?.generators ?? []).map(({ name }) => name);

/** Activates a generator once the list contains it. */
async function activate(client: QueryClient, file: string, generator: string) {
  await client.fetchQuery({ ...presetsQuery, staleTime: 0 }).catch(() => []);
  useView.getState().set({
    active: { file, generator, variation: null, format: null },
    inspector: true,
  });
}

export function chooseGenerator(file: string, generator: string) {
  useView.getState().set({ active: { file, generator, variation: null, format: null } });
}

/** Adds a generator and starts renaming it. */
export async function addGenerator(client: QueryClient, file: string, point: StartingPoint) {
  const name = freeName(point.name === 'empty' ? 'new' : point.name, namesOf(client, file));
  const path = ['generators', name];
  const label = t('generators.labels.add', { name });
  const edits = [{ kind: 'set' as const, path, value: point.value as JsonValue }];
  if (!(await changeDocument(client, file, { edits, label }))) return;
  await activate(client, file, name);
  useView.getState().set({ sidebar: true });
  useRenaming.setState({ of: { file, generator: name } });
}

/** The file that alone says what a generator is, if that is not the preset itself. */
const originOf = (client: QueryClient, file: string, generator: string) =>
  presetOf(client, file)?.generators.find(({ name }) => name === generator)?.from ?? null;

/** Whether a generator is another file's, and can only be changed there as a whole; says so. */
function isInherited(client: QueryClient, file: string, generator: string): boolean {
  const from = originOf(client, file, generator);
  if (from === null) return false;
  useNotices.getState().add('information', t('generators.inherited', { name: generator, from }));
  return true;
}

/** Shows the field for a generator's new name in the list. */
export function startRenaming(client: QueryClient, file: string, generator: string) {
  if (!isInherited(client, file, generator)) {
    useRenaming.setState({ of: { file, generator } });
  }
}

export async function duplicateGenerator(client: QueryClient, file: string, generator: string) {
  const to = freeName(`${generator}-copy`, namesOf(client, file));
  const label = t('generators.labels.duplicate', { name: generator });
  const document = originOf(client, file, generator)
    ? await call('document', { file }).catch(showError)
    : null;
  const copied = document && at(document.inherited, ['generators', generator]);
  const edits = [
    copied
      ? { kind: 'set' as const, path: ['generators', to], value: copied }
      : { kind: 'duplicate' as const, path: ['generators', generator], to },
  ];
  if (!(await changeDocument(client, file, { edits, label }))) return;
  await activate(client, file, to);
  useRenaming.setState({ of: { file, generator: to } });
}

export async function deleteGenerator(client: QueryClient, file: string, generator: string) {
  if (isInherited(client, file, generator)) return;
  const label = t('generators.labels.delete', { name: generator });
  const edits = [{ kind: 'remove' as const, path: ['generators', generator] }];
  if (await changeDocument(client, file, { edits, label })) {
    announce(t('generators.deleted', { name: generator }));
  }
}

/** Renames a generator, also in the themes that name it; resolves to whether it was done. */
export async function renameGenerator(
  client: QueryClient,
  file: string,
  generator: string,
  to: string,
): Promise<boolean> {
  if (isInherited(client, file, generator)) return false;
  const label = t('generators.labels.rename', { name: generator, to });
  const edits = [{ kind: 'rename' as const, path: ['generators', generator], to }];
  if (!(await changeDocument(client, file, { edits, label }))) return false;
  const { active } = useView.getState();
  if (active?.file === file && [generator, to].includes(active.generator)) {
    await activate(client, file, to);
  }
  return true;
}

/** Moves a generator before another one of its file, or (null) to the end. */
export async function reorderGenerator(
  client: QueryClient,
  file: string,
  generator: string,
  before: string | null,
) {
  if (isInherited(client, file, generator)) return;
  const label = t('generators.labels.reorder', { name: generator });
  const edits = [{ kind: 'reorder' as const, path: ['generators', generator], before }];
  // Shows the new order until the program responds.
  client.setQueryData(presetsQuery.queryKey, (former) =>
    former?.map((preset) =>
      preset.file === file ? { ...preset, generators: placed(preset, generator, before) } : preset,
    ),
  );
  if (await changeDocument(client, file, { edits, label })) {
    const place = namesOf(client, file).indexOf(generator) + 1;
    announce(t('generators.moved', { name: generator, place }));
  } else {
    void client.invalidateQueries({ queryKey: presetsQuery.queryKey });
  }
}

function placed({ generators }: PresetFile, generator: string, before: string | null) {
  const own = generators.filter(({ name }) => name === generator);
  const others = generators.filter(({ name }) => name !== generator);
  const at = before === null ? others.length : others.findIndex(({ name }) => name === before);
  return [...others.slice(0, at), ...own, ...others.slice(at)];
}

/** Moves a generator up or down by one in its file; returns whether it could. */
export function nudgeGenerator(client: QueryClient, file: string, generator: string, by: 1 | -1) {
  const names = namesOf(client, file);
  const at = names.indexOf(generator);
  const to = at + by;
  if (at < 0 || to < 0 || to >= names.length) return false;
  const before = by < 0 ? names[to] : names[to + 1];
  void reorderGenerator(client, file, generator, before ?? null);
  return true;
}

/** Moves a generator to another preset file; the files are changed one after the other. */
export async function moveGenerator(
  client: QueryClient,
  file: string,
  generator: string,
  into: string,
) {
  if (isInherited(client, file, generator)) return;
  const document = await call('document', { file }).catch(showError);
  const value = document && at(wholeValue(document), ['generators', generator]);
  if (!value) return;
  const name = freeName(generator, namesOf(client, into));
  const label = t('generators.labels.move', { name: generator, file: into });
  const from = ['generators', generator];
  const imported = { kind: 'import' as const, path: ['generators', name], value, file, from };
  if (!(await changeDocument(client, into, { edits: [imported], label }))) return;
  const removed = { kind: 'remove_with_comments' as const, path: from };
  if (await changeDocument(client, file, { edits: [removed], label })) {
    await activate(client, into, name);
  }
}

export async function setEager(
  client: QueryClient,
  file: string,
  generator: string,
  eager: boolean,
) {
  const path = ['generators', generator, 'eager'];
  const label = t(eager ? 'generators.labels.eager' : 'generators.labels.notEager', {
    name: generator,
  });
  const edit =
    eager || originOf(client, file, generator) !== null
      ? { kind: 'set' as const, path, value: eager }
      : { kind: 'remove' as const, path };
  await changeDocument(client, file, { edits: [edit], label });
}

export async function saveFile(client: QueryClient, file: string) {
  try {
    await flushAll();
    cacheDocument(client, await call('save', { file }));
    void client.invalidateQueries({ queryKey: presetsQuery.queryKey });
    announce(t('actions.file.saved', { file }));
  } catch (error) {
    if (isApiError(error) && error.code === 'denied') {
      const copy = { label: t('actions.file.saveCopy'), perform: () => void copyFile(file) };
      useNotices.getState().add('error', error.message, [copy]);
    } else {
      showError(error);
    }
  }
}

/** Saves a copy of a preset file where the user chooses. */
export async function copyFile(file: string) {
  try {
    const copy = await saveCopy(file);
    if (copy) noticeSaved(copy);
  } catch (error) {
    showError(error);
  }
}

export async function revertFile(client: QueryClient, file: string) {
  try {
    await flushAll();
    cacheDocument(client, await call('revert', { file }));
    void client.invalidateQueries({ queryKey: presetsQuery.queryKey });
  } catch (error) {
    showError(error);
  }
}

/** The file that a name means: `web` is `web.preset.toml`. */
export const presetPath = (name: string) =>
  `${name
    .trim()
    .replace(/\.preset\.toml$/, '')
    .replace(/^\/+/, '')}.preset.toml`;

/** Creates a preset file, from a starter or with one generator; resolves to whether it was done. */
export async function createPreset(
  client: QueryClient,
  name: string,
  starter: Starter | null,
): Promise<boolean> {
  const file = presetPath(name);
  try {
    cacheDocument(client, await call('create_preset', { file, starter }));
  } catch (error) {
    showError(error);
    return false;
  }
  const presets = await client.fetchQuery({ ...presetsQuery, staleTime: 0 }).catch(() => []);
  const first = presets.find((preset) => preset.file === file)?.generators[0];
  if (first) await activate(client, file, first.name);
  return true;
}

/** Activates the previous or next generator, across all files. */
export function stepGenerator(client: QueryClient, by: 1 | -1) {
  const all = presetsOf(client).flatMap(({ file, generators }) =>
    generators.map(({ name }) => ({ file, generator: name })),
  );
  const { active } = useView.getState();
  const at = all.findIndex(
    (one) => one.file === active?.file && one.generator === active.generator,
  );
  const next = all[at < 0 ? 0 : (at + by + all.length) % all.length];
  if (next) chooseGenerator(next.file, next.generator);
}
