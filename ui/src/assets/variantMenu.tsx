// The context menu of an asset's variants, the same in matrix, compare view and sheet.
import type { QueryClient } from '@tanstack/react-query';
import {
  ClipboardCopy,
  Code,
  Columns2,
  Download,
  FolderSearch,
  GalleryVerticalEnd,
  Play,
  RotateCcw,
  Save,
} from 'lucide-react';
import type { Edit } from '@/api/bindings';
import type { MenuEntry } from '@/components/Menu';
import { useDialogs } from '@/state/dialogs';
import { showError } from '@/state/notices';
import { showSnippet } from '@/state/sheet';
import { type ActiveGenerator, useView, type ViewName } from '@/state/view';
import { t } from '@/text';
import { openIn, revealFile } from './commands';
import { copyImage, saveVariant } from './variantFiles';

export interface VariantTarget {
  asset: number;
  /** Null: the generators do not take the asset, or none is active. */
  active: ActiveGenerator | null;
  /** Edits of the preset that are tried for it. */
  edits?: readonly Edit[] | undefined;
  /** Renders what is not there; `retry`: after a failure. Null: all is there; left out: no entry. */
  render?: { retry: boolean; perform: () => void } | null;
}

/** The entries for a variant; the view that it is shown in has no entry. */
export function variantMenu(
  client: QueryClient,
  { asset, active, edits, render }: VariantTarget,
): MenuEntry[] {
  const { current, set } = useView.getState();
  const show = (view: ViewName) => {
    // What is only tried is none of the generator's variants.
    if (active && !edits?.length) set({ active });
    openIn(view, asset);
  };
  const views: MenuEntry[] = [
    {
      label: t('variant.menu.compare'),
      icon: <Columns2 />,
      disabled: active === null,
      perform: () => show('compare'),
    },
    {
      label: t('variant.menu.sheet'),
      icon: <GalleryVerticalEnd />,
      perform: () => show('sheet'),
    },
  ];
  return [
    ...(current === 'compare' ? views.slice(1) : current === 'sheet' ? views.slice(0, 1) : views),
    ...(render === undefined ? [] : [renderEntry(render)]),
    'separator',
    {
      label: t('variant.menu.copyImage'),
      icon: <ClipboardCopy />,
      disabled: active === null,
      perform: () => active && void copyImage(asset, active, edits).catch(showError),
    },
    {
      label: t('variant.menu.snippet'),
      icon: <Code />,
      disabled: active === null,
      perform: () => {
        if (!active) return;
        show('sheet');
        showSnippet({ file: active.file, generator: active.generator });
      },
    },
    {
      label: t('variant.menu.reveal'),
      icon: <FolderSearch />,
      perform: () => {
        openIn(current, asset);
        void revealFile(client).catch(showError);
      },
    },
    'separator',
    {
      label: t('variant.menu.saveAs'),
      icon: <Save />,
      disabled: active === null,
      perform: () => active && void saveVariant(asset, active, edits).catch(showError),
    },
    {
      label: t('variant.menu.export'),
      icon: <Download />,
      perform: () => {
        openIn(current, asset);
        const generators = active
          ? [{ file: active.file, generator: active.generator }]
          : undefined;
        useDialogs
          .getState()
          .showExport({ assets: 'selection', ...(generators ? { generators } : {}) });
      },
    },
  ];
}

const renderEntry = (render: VariantTarget['render']): MenuEntry => ({
  label: t(render?.retry ? 'variant.menu.retry' : 'variant.menu.render'),
  icon: render?.retry ? <RotateCcw /> : <Play />,
  disabled: !render,
  perform: () => render?.perform(),
});
