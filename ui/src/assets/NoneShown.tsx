// Shown in place of the assets where filters or folder leave none.
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/Button';
import { useView } from '@/state/view';
import { isFiltered, noFilters } from './filter';

export function NoneShown() {
  const { t } = useTranslation();
  const filtered = useView(isFiltered);
  return filtered ? (
    <>
      <p>{t('library.noneFits')}</p>
      <Button look="primary" onClick={() => useView.getState().set(noFilters)}>
        {t('library.clear')}
      </Button>
    </>
  ) : (
    <>
      <p>{t('library.noneHere')}</p>
      <Button look="primary" onClick={() => useView.getState().set({ folder: '', mark: null })}>
        {t('library.all')}
      </Button>
    </>
  );
}
