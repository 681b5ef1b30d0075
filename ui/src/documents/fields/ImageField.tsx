// The image of an overlay: a file in the preset's folder or below.
import { Popover } from '@base-ui/react/popover';
import { Command } from 'cmdk';
import { FolderOpen, ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssets, useWorkspace } from '@/api/queries';
import { choose as chooseFile, picture } from '@/api/rpc';
import { Button } from '@/components/Button';
import popup from '@/components/popup.module.css';
import { folderOfPreset, imagesBeside } from '@/documents/images';
import { useNotices } from '@/state/notices';
import { type ControlProps, useForm } from './control';
import styles from './ImageField.module.css';
import { LineField } from './plainFields';

/** At most this many files are listed; the search narrows them. */
const MOST = 60;

export function ImageField(props: ControlProps) {
  const { label, value, onChange } = props;
  const { t } = useTranslation();
  const { file } = useForm();
  const workspace = useWorkspace();
  const assets = useAssets();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const folder = folderOfPreset(file);
  const images = imagesBeside(file, assets);
  const chosen = images.find(({ path }) => path === value)?.asset;
  const query = search.trim().toLowerCase();
  const found = images.filter(({ path }) => path.toLowerCase().includes(query)).slice(0, MOST);
  const take = (path: string) => {
    setOpen(false);
    onChange(path, null);
  };
  const choose = async () => {
    setOpen(false);
    const start = `${workspace?.path ?? ''}/${folder}`;
    const chosen = await chooseFile('overlay', t('operations.image.choose'), { start });
    if (chosen === null) return;
    const { path } = chosen;
    if (path.startsWith(start)) onChange(path.slice(start.length), null);
    else useNotices.getState().add('warning', t('operations.image.outside', { folder: start }));
  };
  return (
    <div className={styles.row}>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          className={styles.thumbnail}
          aria-label={t('operations.image.pick', { label })}
        >
          {chosen ? <img src={picture.thumbnail(chosen, 64)} alt="" /> : <ImageOff />}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner className={popup.positioner} sideOffset={6} align="start">
            <Popover.Popup className={`${popup.popup} ${styles.popup}`} aria-label={label}>
              <Command shouldFilter={false} label={t('operations.image.search')}>
                <Command.Input
                  className={popup.search}
                  value={search}
                  onValueChange={setSearch}
                  placeholder={t('operations.image.search')}
                />
                <Command.List className={styles.list}>
                  <Command.Empty className={popup.empty}>
                    {t('operations.image.none')}
                  </Command.Empty>
                  {found.map(({ asset, path }) => (
                    <Command.Item
                      key={asset.id}
                      value={asset.path}
                      className={`${popup.item} ${styles.item}`}
                      onSelect={() => take(path)}
                    >
                      <img src={picture.thumbnail(asset, 64)} alt="" loading="lazy" />
                      <span>{path}</span>
                    </Command.Item>
                  ))}
                </Command.List>
              </Command>
              <Button look="quiet" onClick={() => void choose()}>
                <FolderOpen /> {t('operations.image.choose')}
              </Button>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <LineField {...props} />
    </div>
  );
}
