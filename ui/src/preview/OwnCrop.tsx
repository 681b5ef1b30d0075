// Says that a picture has a crop by hand of its own for a generator, and takes it back.
import { useQueryClient } from '@tanstack/react-query';
import { Crop } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { ownCrop, setOwnCrop } from '@/assets/crops';
import { Button } from '@/components/Button';
import type { ActiveGenerator } from '@/state/view';
import styles from './OwnCrop.module.css';

export function OwnCrop({ asset, active }: { asset: Asset; active: ActiveGenerator }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  if (!ownCrop(asset, active.generator)) return null;
  return (
    <span className={styles.own} data-own-crop>
      <Crop aria-hidden />
      {t('compare.cropOwn')}
      <Button
        look="quiet"
        onClick={() => void setOwnCrop(client, asset.id, active.generator, null)}
      >
        {t('compare.cropReset')}
      </Button>
    </span>
  );
}
