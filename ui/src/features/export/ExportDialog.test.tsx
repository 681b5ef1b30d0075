import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExportArguments, ExportPlan, PresetFile, RunInfo } from '@/api/bindings';
import { call } from '@/api/rpc';
import { useReport } from '@/state/activity';
import { useDialogs } from '@/state/dialogs';
import { DEFAULT_TEMPLATE, initialChoices, useExportChoices } from '@/state/exportChoices';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { ExportDialog } from './ExportDialog';

vi.mock('@/api/rpc', () => ({
  call: vi.fn(),
  onEvents: vi.fn(),
  choose: vi.fn(),
  isApiError: () => false,
  messageOf: (error: { message: string }) => error.message,
}));

const generator = (name: string, broken = false) => ({
  name,
  description: null,
  eager: false,
  broken,
  variations: [],
  formats: ['jpeg'],
  from: null,
});
const preset: PresetFile = {
  file: 'web.preset.toml',
  generators: [generator('tile'), generator('hero'), generator('bad', true)],
  themes: [],
  problems: [{ line: 3, column: 1, length: null, message: 'Quality is 1–100.', generator: 'bad' }],
  dirty: false,
  conflict: false,
  trouble: null,
};
const plan: ExportPlan = {
  total: 2,
  refused: 0,
  names: [],
  clashes: [],
  folder: null,
  template: null,
  problems: [],
  without: 0,
  skipped: [],
  bytes: null,
};
const named: ExportPlan = {
  ...plan,
  names: [
    { source: '1.png', generator: 'tile', name: 'tile/1.jpg', fault: null, taken: true },
    { source: '2.png', generator: 'tile', name: null, fault: null, taken: false },
  ],
};

vi.setConfig({ testTimeout: 20_000 });

let client: QueryClient;
let answer: (wanted: ExportArguments) => ExportPlan;
const asked = () =>
  vi
    .mocked(call)
    .mock.calls.filter(([name]) => name === 'plan_export')
    .map((words) => (words as unknown as [string, ExportArguments])[1]);

beforeEach(() => {
  // So that the virtual list has room.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['assets'], { assets: [1, 2, 3].map((id) => asset(id)), complete: true });
  client.setQueryData(['presets'], [preset]);
  client.setQueryData(['start_up'], { workspace: { path: '/w' }, recent: [] });
  const value = { generators: { tile: { parameters: { title: 'x' } }, hero: {} } };
  const document = {
    file: preset.file,
    revision: 1,
    text: '',
    value,
    problems: [],
    dirty: false,
    conflict: null,
  };
  client.setQueryData(['document', preset.file], document);
  answer = () => named;
  vi.mocked(call).mockReset();
  vi.mocked(call).mockImplementation((async (name: string, wanted: ExportArguments) => {
    if (name === 'plan_export') return answer(wanted);
    if (name === 'export_profiles') return { profiles: [] };
    if (name === 'start_export') return { id: 1, generators: [] } as unknown as RunInfo;
    if (name === 'asset_states') return { missing: [], stale: [], failed: [], complete: true };
    return {};
  }) as never);
  useView.setState(initialView);
  useSelection.getState().clear();
  useExportChoices.setState({
    ...initialChoices,
    destination: { id: 'out', path: '/out' },
    generators: null,
    parameters: {},
    csv: null,
  });
  render(
    <QueryClientProvider client={client}>
      <ExportDialog />
    </QueryClientProvider>,
  );
});
afterEach(() => {
  act(() => useDialogs.getState().close());
  cleanup();
});

const open = () => act(() => useDialogs.getState().showExport());
const start = () => screen.getByRole('button', { name: 'Export' });

it('shows the names that will be written and those that are taken, and starts', async () => {
  open();
  expect(start()).toBeDisabled();
  await waitFor(() => expect(start()).toBeEnabled());
  expect(asked()).toEqual([
    {
      assets: [],
      generators: [
        { file: preset.file, generator: 'tile' },
        { file: preset.file, generator: 'hero' },
      ],
      destination: 'out',
      template: DEFAULT_TEMPLATE,
      on_conflict: 'if-changed',
      parameters: {},
      parameters_csv: null,
    },
  ]);
  const names = screen.getAllByRole('listitem').map((line) => line.textContent);
  expect(names).toContain('tile/1.jpgexists');
  expect(document.querySelector('[data-text="tile/1.jpg"]'), 'cut in its middle').not.toBeNull();
  expect(names).toContain('tile: 2.png … (name depends on the result)');
  useReport.setState({ run: 7 });
  await userEvent.click(start());
  await waitFor(() => expect(useDialogs.getState().open).toBeNull());
  expect(call).toHaveBeenCalledWith('start_export', asked()[0]);
  expect(useView.getState().activity).toBe(true);
  expect(client.getQueryData(['runs'])).toMatchObject({ runs: [{ id: 1 }] });
  expect(useReport.getState().run).toBeNull();
});

it('says what cannot be made, and why', async () => {
  const fault = { code: 'unreadable', message: 'There is no file logo.png.' };
  const name = { source: '3.png', generator: 'hero', name: null, fault, taken: false };
  answer = () => ({ ...named, refused: 1, names: [...named.names, name] });
  open();
  expect(await screen.findByText('hero: 3.png · There is no file logo.png.')).toBeInTheDocument();
  expect(screen.getByRole('status')).toHaveTextContent('2 files · 1 can’t be exported');
  expect(start()).toBeEnabled();
});

it('does not start with two outputs of one name, and says which', async () => {
  answer = () => ({ ...named, clashes: ['tile/1.jpg'] });
  open();
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('tile/1.jpg'));
  expect(start()).toBeDisabled();
});

it('does not start with a problem, or where nothing would be written', async () => {
  answer = () => ({ ...plan, template: '{stm} is unknown; did you mean {stem}?' });
  open();
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('did you mean {stem}?'));
  expect(start()).toBeDisabled();
  answer = () => ({ ...plan, total: 0 });
  await userEvent.type(screen.getByRole('textbox', { name: 'File name pattern' }), 'x');
  await waitFor(() => expect(screen.queryByRole('alert')).not.toBeInTheDocument());
  expect(start()).toBeDisabled();
  expect(screen.getByRole('status')).toHaveTextContent(/^Nothing to export: /);
});

it('shows the names before a folder is chosen, and says that one must be', async () => {
  act(() => useExportChoices.setState({ destination: null }));
  answer = () => ({ ...named, folder: 'Choose the folder that the files are written to.' });
  open();
  expect(await screen.findByText('tile/1.jpg')).toBeInTheDocument();
  expect(screen.getByRole('status')).toHaveTextContent('No folder is chosen. 2 files');
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  expect(start()).toBeDisabled();
});

it('what is wrong with the folder stands at the folder', async () => {
  answer = () => ({ ...named, folder: '/out may not be written to.' });
  open();
  const field = await screen.findByRole('textbox', { name: 'Destination' });
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('/out may not be written to.');
  expect(field.closest('div')).toBe(alert.closest('div'));
  expect(start()).toBeDisabled();
});

it('asks once the typing rests, and never starts with an answer to an older question', async () => {
  open();
  await waitFor(() => expect(start()).toBeEnabled());
  await userEvent.type(screen.getByRole('textbox', { name: 'File name pattern' }), 'more');
  expect(start()).toBeDisabled();
  await waitFor(() => expect(start()).toBeEnabled());
  expect(asked().map(({ template }) => template)).toEqual([
    DEFAULT_TEMPLATE,
    `${DEFAULT_TEMPLATE}more`,
  ]);
});

it('a broken generator is off, with the reason; none chosen, nothing is asked', async () => {
  open();
  const group = screen.getByRole('group', { name: /web\.preset\.toml/ });
  expect(within(group).getByRole('checkbox', { name: 'bad' })).toBeDisabled();
  expect(within(group).getByText('Quality is 1–100.')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'None of web.preset.toml' }));
  expect(screen.getByText('No generator is selected.')).toBeInTheDocument();
  expect(start()).toBeDisabled();
  await userEvent.click(within(group).getByRole('checkbox', { name: 'hero' }));
  await waitFor(() =>
    expect(asked().at(-1)?.generators).toEqual([{ file: preset.file, generator: 'hero' }]),
  );
  expect(screen.queryByRole('textbox', { name: 'title' })).not.toBeInTheDocument();
});

it('a file that is broken meanwhile leaves no other generators in its place', async () => {
  const other = { ...preset, file: 'a.preset.toml', generators: [generator('big')] };
  client.setQueryData(['presets'], [other, preset]);
  const active = { file: preset.file, generator: 'tile', variation: null, format: null };
  act(() => useView.setState({ active }));
  open();
  await waitFor(() => expect(start()).toBeEnabled());
  expect(
    asked()
      .at(-1)
      ?.generators.map(({ file, generator }) => [file, generator]),
  ).toEqual([[preset.file, 'tile']]);
  act(() => {
    client.setQueryData(['presets'], [other, { ...preset, generators: [] }]);
  });
  expect(await screen.findByText('No generator is selected.')).toBeInTheDocument();
  expect(start()).toBeDisabled();
  expect(screen.getByRole('checkbox', { name: 'big' })).not.toBeChecked();
});

it('takes the selection, and values for the parameters that are declaredParameters', async () => {
  act(() => useSelection.getState().set([1, 3], 3));
  open();
  await userEvent.type(screen.getByRole('textbox', { name: 'title' }), 'Lake');
  await waitFor(() =>
    expect(asked().at(-1)).toMatchObject({ assets: [1, 3], parameters: { title: 'Lake' } }),
  );
});

it('an error of the program is said, and the dialog stays', async () => {
  vi.mocked(call).mockImplementation((async (name: string) => {
    if (name === 'plan_export') return named;
    if (name === 'asset_states') return { missing: [], stale: [], failed: [], complete: true };
    throw { code: 'system', message: 'The disk is full.' };
  }) as never);
  open();
  await waitFor(() => expect(start()).toBeEnabled());
  await userEvent.click(start());
  await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('The disk is full.'));
  expect(useDialogs.getState().open).toBe('export');
});

it('says how many bytes there will be, and which images are skipped and why', async () => {
  const skipped = [
    { source: 'torn.jpg', reason: 'The file ends too early.' },
    { source: 'wide.png', reason: null },
  ];
  answer = () => ({ ...named, without: 2, skipped, bytes: 1_234_567 });
  open();
  const link = await screen.findByRole('button', { name: /^2 images skipped/ });
  expect(screen.getByRole('status')).toHaveTextContent('2 files · about 1.2 MB');
  await userEvent.click(link);
  expect(screen.getByText('The file ends too early.')).toBeInTheDocument();
  expect(screen.getByText('Not matched by a chosen generator')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Files to export' }));
  expect(await screen.findByText('tile/1.jpg')).toBeInTheDocument();
});

it('keeps the choices as a profile, and takes them from one', async () => {
  const profile = {
    name: 'Print',
    generators: [{ file: preset.file, generator: 'hero' }],
    destination: { id: 'print', path: '/print' },
    template: '{stem}.{ext}',
    on_conflict: 'skip' as const,
    parameters: {},
  };
  const saved: unknown[] = [];
  vi.mocked(call).mockImplementation((async (name: string, wanted: ExportArguments) => {
    if (name === 'plan_export') return answer(wanted);
    if (name === 'export_profiles') return { profiles: [profile] };
    if (name === 'asset_states') return { missing: [], stale: [], failed: [], complete: true };
    if (name !== 'save_export_profile') return {};
    saved.push(wanted);
    return { profiles: [profile, wanted] };
  }) as never);
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Save as Profile…' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Export profile' }), 'Web{Enter}');
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]).toMatchObject({ name: 'Web', template: DEFAULT_TEMPLATE });
  const field = await screen.findByRole('combobox', { name: 'Export profile' });
  expect(field).toHaveTextContent('Web');
  await userEvent.click(field);
  await userEvent.click(await screen.findByRole('option', { name: /^Print/ }));
  await waitFor(() =>
    expect(asked().at(-1)).toMatchObject({
      generators: profile.generators,
      destination: 'print',
      template: '{stem}.{ext}',
      on_conflict: 'skip',
    }),
  );
  expect(field).toHaveTextContent('Print');
});
