// The command palette: finds every action by its name, recent ones first.
import { Dialog as Base } from '@base-ui/react/dialog';
import { useQueryClient } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useTranslation } from 'react-i18next';
import dialog from '@/components/Dialog.module.css';
import { useNoticeHost } from '@/components/NoticeList';
import popup from '@/components/popup.module.css';
import { useDialogs } from '@/state/dialogs';
import { useRecent } from '@/state/recent';
import styles from './Palette.module.css';
import { isEnabled, keysOf, labelOf, perform } from './perform';
import { actions } from './registry';
import type { Action } from './types';

export function Palette() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'palette');
  const close = useDialogs((dialogs) => dialogs.close);
  useNoticeHost(open, false);
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && close()}>
      <Base.Portal>
        <Base.Backdrop className={dialog.backdrop} />
        <Base.Popup className={`${popup.popup} ${styles.popup}`} aria-label={t('palette.title')}>
          <Lines />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function Lines() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const context = { client };
  const recent = useRecent((state) => state.actions);
  const possible = actions.filter(
    (action) => action.id !== 'view.palette' && isEnabled(action, context),
  );
  const first = recent
    .map((id) => possible.find((action) => action.id === id))
    .filter((action) => action !== undefined);
  const others = possible.filter((action) => !first.includes(action));

  const choose = (action: Action) => {
    useDialogs.getState().close();
    useRecent.getState().add(action.id);
    // Performed once the dialog has restored the focus: actions may move it or open a dialog.
    setTimeout(() => void perform(action, context));
  };
  const line = (action: Action) => {
    const label = labelOf(action, context);
    const Icon = action.icon;
    const keys = keysOf(action);
    return (
      <Command.Item
        key={action.id}
        value={`${label} ${action.id}`}
        keywords={[t(`palette.keywords.${action.id}`, '')]}
        className={`${popup.item} ${styles.line}`}
        onSelect={() => choose(action)}
      >
        <span className={`${popup.icon} ${styles.icon}`}>{Icon && <Icon aria-hidden />}</span>
        <span className={popup.label}>{label}</span>
        {keys && <kbd className={popup.keys}>{keys}</kbd>}
      </Command.Item>
    );
  };
  return (
    <Command label={t('palette.title')} className={styles.command} vimBindings={false} loop>
      <Command.Input autoFocus className={styles.input} placeholder={t('palette.placeholder')} />
      <Command.List className={styles.list} label={t('palette.list')}>
        <Command.Empty className={styles.empty}>{t('palette.empty')}</Command.Empty>
        {first.length > 0 && (
          <Command.Group heading={t('palette.recent')} className={styles.group}>
            {first.map(line)}
          </Command.Group>
        )}
        <Command.Group heading={t('palette.all')} className={styles.group}>
          {others.map(line)}
        </Command.Group>
      </Command.List>
    </Command>
  );
}
