import { QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { t } from '@/text';
import { parse } from './keys';
import { menus } from './menuBar';
import { isEnabled } from './perform';
import { actionOf, actions, collect, declared } from './registry';
import type { Action } from './types';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), isApiError: () => false }));

it('every action has a name of its own, a label and keys that can be pressed', () => {
  expect(actions.length).toBeGreaterThan(20);
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
  for (const { id, label, keys } of actions) {
    const own = label ? label({ client: new QueryClient() }) : t(`actions.${id}`);
    expect(own, id).not.toContain('actions.');
    for (const one of keys ?? []) expect(parse(one).key, `${id}: ${one}`).not.toBe('');
  }
});

it('no two actions want the same key at the same time', () => {
  const byKey = new Map<string, Action[]>();
  for (const action of declared) {
    for (const keys of action.keys ?? []) {
      byKey.set(keys, [...(byKey.get(keys) ?? []), action]);
    }
  }
  for (const [keys, wanting] of byKey) {
    // Those that share a key must each say when they are on.
    const always = wanting.filter(({ enabled }) => !enabled).map(({ id }) => id);
    expect(wanting.length > 1 ? always : [], keys).toEqual([]);
  }
});

it('what is about a workspace is off while there is none', () => {
  const client = new QueryClient();
  const on = (id: string) => {
    const action = actionOf(id);
    return action !== undefined && isEnabled(action, { client });
  };
  const ids = ['compare.split', 'library.larger', 'generators.newFile', 'file.open'];
  expect(ids.map(on)).toEqual([false, false, false, true]);
  client.setQueryData(['start_up'], { workspace: { path: '/w' } });
  expect(ids.map(on)).toEqual([true, true, true, true]);
});

it('actions are found whatever the module calls its list', () => {
  const one: Action = { id: 'a.b', perform: () => {} };
  expect(collect([{ actions: [one], other: [1, 'x'], more: 7 }, { again: [one] }])).toEqual([one]);
});

it('the menu bar has groups, labels and what is off', () => {
  const context = { client: new QueryClient() };
  const list: Action[] = [
    {
      id: 'edit.undo',
      menu: 'edit',
      group: 1,
      keys: ['Mod+Z'],
      label: () => 'A & B',
      perform() {},
    },
    { id: 'view.grid', menu: 'view', group: 1, keys: ['G'], enabled: () => false, perform() {} },
    { id: 'view.sides', menu: 'view', group: 2, keys: ['Mod+\\'], perform() {} },
  ];
  expect(menus(list, context)).toEqual([
    {
      label: 'Edit',
      items: [
        {
          kind: 'action',
          id: 'edit.undo',
          label: 'A && B',
          accelerator: 'CmdOrCtrl+Z',
          enabled: true,
          checked: null,
        },
      ],
    },
    {
      label: 'View',
      items: [
        {
          kind: 'action',
          id: 'view.grid',
          label: 'Grid',
          accelerator: null,
          enabled: false,
          checked: null,
        },
        { kind: 'separator' },
        {
          kind: 'action',
          id: 'view.sides',
          label: 'Toggle Side Panels',
          accelerator: 'CmdOrCtrl+\\',
          enabled: true,
          checked: null,
        },
      ],
    },
  ]);
});

it('a submenu stands where its first line would be, with short labels, marks and nothing hidden', () => {
  const context = { client: new QueryClient() };
  const theme = (id: string, more: Partial<Action> = {}): Action => ({
    id: `view.${id}`,
    menu: 'view',
    submenu: { name: 'theme', label: () => id },
    perform() {},
    ...more,
  });
  const list: Action[] = [
    { id: 'view.grid', menu: 'view', perform() {} },
    theme('light', { checked: () => false }),
    { id: 'view.search', menu: 'view', perform() {} },
    theme('dark', { checked: () => true }),
    theme('system', { hidden: () => true }),
  ];
  const [view] = menus(list, context);
  expect(view?.items.map((one) => ('label' in one ? one.label : one.kind))).toEqual([
    'Grid',
    'Theme',
    'Search Images',
  ]);
  const within = view?.items[1];
  expect(within?.kind === 'submenu' && within.items.map((one) => [one.label, one.checked])).toEqual(
    [
      ['light', false],
      ['dark', true],
    ],
  );
});

it('the menu bar has what programs of this kind have', () => {
  const bar = menus(actions, { client: new QueryClient() });
  const labels = (menu: string) =>
    bar
      .find(({ label }) => label === menu)
      ?.items.flatMap((one) => ('label' in one ? [one.label] : [])) ?? [];
  for (const label of ['Open Recent', 'Save a Copy…', 'Save Variant As…', 'Export…', 'Quit'])
    expect(labels('File'), label).toContain(label);
  for (const label of ['Cut', 'Copy', 'Paste', 'Select All', 'Copy Image'])
    expect(labels('Edit'), label).toContain(label);
  for (const label of ['Compare', 'Compare Mode', 'Theme'])
    expect(labels('View'), label).toContain(label);
});
