// The temporary variations of the active generator, and how one of them is chosen.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { presetsQuery, usePresets, useStartUp } from '@/api/queries';
import { at, isTable } from '@/documents/applyEdits';
import { changeDocument, useDocument } from '@/documents/edits';
import { qualityEdits } from '@/documents/quality';
import { usePreviews } from '@/preview/slots';
import { type ActiveGenerator, useView } from '@/state/view';
import { formatName } from '@/text';
import {
  formatTrials,
  qualityTrials,
  sizeTrials,
  type Trial,
  type TrialChoice,
  type TrialKind,
} from './trials';

interface Trials {
  trials: Trial[];
  /** Why there is nothing to compare. */
  hint: string | null;
}

const NONE: Trials = { trials: [], hint: null };

/** The variations of a kind; the slot `active` must show the rule's own variant. */
export function useTrials(asset: Asset, active: ActiveGenerator | null, kind: TrialKind): Trials {
  const { t } = useTranslation();
  const presets = usePresets();
  const writes = useStartUp()?.writes;
  const value = useDocument(active?.file ?? null)?.value;
  const quality = usePreviews(({ slots }) => slots.active?.shown?.quality);
  const written = usePreviews(({ slots }) => slots.active?.shown?.format);
  const isDraft = usePreviews(({ slots }) => slots.active?.shown?.draft ?? true);
  const preset = presets.find(({ file }) => file === active?.file);
  const info = preset?.generators.find(({ name }) => name === active?.generator);
  const source = asset.state.kind === 'ready' ? asset.state : null;
  const isAlpha = source?.alpha ?? false;
  const format = source?.format ?? null;
  return useMemo((): Trials => {
    if (!active || !info || !writes) return NONE;
    const rule = info.formats;
    if (kind === 'formats') {
      const given = { active, rule, writes, alpha: isAlpha, source: format };
      return { trials: formatTrials(given), hint: null };
    }
    if (kind === 'sizes') {
      const trials = sizeTrials(active, info, t('sheet.first'));
      const hint = t('compare.trials.oneSize', { generator: active.generator });
      return trials.length > 1 ? { trials, hint: null } : { trials, hint };
    }
    if (written === undefined || quality === undefined) return NONE;
    if (quality === null) {
      const hint = t('compare.trials.noQuality', { format: formatName(written) });
      return isDraft ? NONE : { trials: [], hint };
    }
    const table = (of: typeof value) => (isTable(of) ? of : {});
    const output = {
      generator: active.generator,
      own: table(at(value, ['generators', active.generator, 'output'])),
      defaults: table(at(value, ['defaults', 'output'])),
      formats: rule,
    };
    const editsFor = (one: number) => qualityEdits(output, written, one);
    return { trials: qualityTrials({ active, quality, editsFor }), hint: null };
  }, [t, active, info, writes, kind, isAlpha, format, written, quality, isDraft, value]);
}

/** Returns what makes a choice the rule, as one step that can be undone. */
export function useChooseTrial(kind: TrialKind) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return async ({ edits, active }: TrialChoice) => {
    const { file, generator } = active;
    if (edits.length > 0) {
      const name = t(kind === 'formats' ? 'compare.format' : 'inspector.result.quality');
      const label = t('inspector.changed', { name, generator });
      if (!(await changeDocument(client, file, { edits: [...edits], label }))) return;
      // The formats of the list tell which of them can be active.
      await client.fetchQuery({ ...presetsQuery, staleTime: 0 }).catch(() => []);
    }
    useView.getState().set({ active });
  };
}
