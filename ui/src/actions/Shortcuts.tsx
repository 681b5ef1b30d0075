// The dialog that lists all keys, by menu.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { useDialogs } from '@/state/dialogs';
import { spoken } from './keys';
import { labelOf } from './perform';
import { actions } from './registry';
import styles from './Shortcuts.module.css';

interface Line {
  label: string;
  keys: string[];
}

/** Keys that belong to no action: their name in the catalogue, and the combinations. */
const others: Record<string, [string, string[]][]> = {
  view: [
    ['tab', ['Tab']],
    ['move', ['Up', 'Down', 'ArrowLeft', 'ArrowRight']],
    ['range', ['Shift+Up', 'Shift+Down']],
    ['peek', ['\\']],
    ['loupe', ['L']],
    ['loupeFactor', ['1', '2', '4']],
  ],
  lists: [
    ['place', ['Alt+Up', 'Alt+Down']],
    ['rename', ['F2']],
    ['delete', ['Delete']],
    ['menu', ['Shift+F10']],
  ],
  controls: [
    ['next', ['Tab', 'Shift+Tab']],
    ['panels', ['ArrowLeft', 'ArrowRight']],
    ['steps', ['Up', 'Down']],
    ['close', ['Escape']],
  ],
};

export function Shortcuts() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'shortcuts');
  const close = useDialogs((dialogs) => dialogs.close);
  return (
    <Dialog {...{ open }} onClose={close} title={t('shortcuts.title')} size="medium">
      <Groups />
    </Dialog>
  );
}

function Groups() {
  const { t } = useTranslation();
  const context = { client: useQueryClient() };
  const menus = ['file', 'edit', 'view', 'generator', 'help', undefined] as const;
  const groups = menus.map((menu) => ({
    title: menu ? t(`actions.menus.${menu}`) : t('shortcuts.more'),
    lines: actions
      .filter((action) => action.menu === menu && action.keys?.length)
      .map((action) => ({ label: labelOf(action, context), keys: action.keys ?? [] })),
  }));
  const rest = Object.entries(others).map(([group, lines]) => ({
    title: t(`shortcuts.${group}.title`),
    lines: lines.map(([name, keys]) => ({ label: t(`shortcuts.${group}.${name}`), keys })),
  }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
    <div className={styles.groups} tabIndex={0}>
      {[...groups, ...rest]
        .filter(({ lines }) => lines.length > 0)
        .map(({ title, lines }) => (
          <section key={title} className={styles.group}>
            <h3 className={styles.title}>{title}</h3>
            <Keys lines={lines} />
          </section>
        ))}
      <p className={styles.note}>{t('shortcuts.note')}</p>
    </div>
  );
}

function Keys({ lines }: { lines: Line[] }) {
  return (
    <dl className={styles.lines}>
      {lines.map(({ label, keys }) => (
        <div key={label} className={styles.line}>
          <dt>{label}</dt>
          <dd>
            {keys.map((one) => (
              <kbd key={one} className={styles.keys}>
                {spoken(one)}
              </kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
