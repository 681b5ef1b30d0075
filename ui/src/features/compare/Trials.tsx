// Compares temporary variations of the active generator side by side: formats, qualities or sizes.
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { Button } from '@/components/Button';
import { UnmatchedNote } from '@/preview/UnmatchedNote';
import { usePreview } from '@/preview/usePreview';
import { useView } from '@/state/view';
import { formatName } from '@/text';
import { Board, type BoardTile } from './Board';
import styles from './Compare.module.css';
import { trialSlot } from './names';
import type { Size } from './transform';
import type { Trial, TrialKind } from './trials';
import { useChooseTrial, useTrials } from './useTrials';

interface TrialsProps {
  asset: Asset;
  size: Size;
  kind: TrialKind;
}

export function Trials({ asset, size, kind }: TrialsProps) {
  const { t } = useTranslation();
  const active = useView((view) => view.active);
  const preview = usePreview(asset.id, active);
  const chosen = preview.of?.asset === asset.id ? preview.shown : null;
  const { trials, hint } = useTrials(asset, active, kind);
  const choose = useChooseTrial(kind);
  const unmatched = active && preview.unmatched ? preview.error : null;
  const tiles = (unmatched ? [] : trials).map((trial): BoardTile => {
    const { value, edits, choice } = trial;
    const isChosen = trial.active === active && edits.length === 0;
    return {
      slot: isChosen ? 'active' : trialSlot(kind, value),
      name: nameOf(kind, value, t),
      active: trial.active,
      edits,
      mark: isChosen ? t('compare.trials.inUse') : null,
      controls: (
        <span className={styles.choose}>
          {choice && (
            <Button onClick={() => void choose(choice)} aria-label={labelOf(trial, kind, t)}>
              {t(`compare.trials.${kind}.${choice.kind}`)}
            </Button>
          )}
        </span>
      ),
    };
  });
  const none = !active ? (
    t('compare.noGenerator')
  ) : unmatched ? (
    <UnmatchedNote active={active} message={unmatched} />
  ) : (
    hint
  );
  return <Board {...{ asset, size, tiles, chosen }} hint={none} />;
}

type Translate = ReturnType<typeof useTranslation>['t'];

const nameOf = (kind: TrialKind, value: string, t: Translate) =>
  kind === 'formats'
    ? formatName(value)
    : kind === 'qualities'
      ? t('compare.trials.quality', { quality: value })
      : value;

/** The button's label with the name of its variant: `Use this format: WebP`. */
const labelOf = ({ value, choice }: Trial, kind: TrialKind, t: Translate) =>
  `${t(`compare.trials.${kind}.${choice?.kind}`)}: ${nameOf(kind, value, t)}`;
