// The settings dialog. Settings belong to the user, not to the workspace, and apply at once if possible.
import { useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { SCALES } from '@/actions/view';
import type { Settings, ThemeSetting } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { NumberSlider } from '@/components/NumberSlider';
import { Segmented } from '@/components/Segmented';
import { Switch } from '@/components/Switch';
import { useDialogs } from '@/state/dialogs';
import { showError } from '@/state/notices';
import { changeSettings } from '@/state/settings';
import styles from './SettingsDialog.module.css';
import { useOptimisticValues } from './useOptimisticValues';

const GIBIBYTE = 2 ** 30;

const themes: ThemeSetting[] = ['system', 'light', 'dark'];

export function SettingsDialog() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'settings');
  const close = useDialogs((dialogs) => dialogs.close);
  const settings = useStartUp()?.settings;
  return (
    <Dialog
      {...{ open }}
      onClose={close}
      title={t('settings.title')}
      description={t('settings.description')}
      footer={<Button onClick={close}>{t('common.close')}</Button>}
    >
      {settings && <Form settings={settings} />}
    </Dialog>
  );
}

function Form({ settings: kept }: { settings: Settings }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [settings, set] = useOptimisticValues(kept, (change) => {
    void changeSettings(client, change).catch(showError);
  });
  return (
    <div className={styles.form}>
      <h3 className={styles.heading}>{t('settings.look')}</h3>
      <Line label={t('settings.theme')}>
        <Segmented
          label={t('settings.theme')}
          value={settings.theme}
          onChange={(theme) => set({ theme })}
          segments={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        />
      </Line>
      <Line label={t('settings.scale')} hint={t('settings.scaleHint')}>
        <Segmented
          label={t('settings.scale')}
          value={String(settings.interface_scale)}
          onChange={(percent) => set({ interface_scale: Number(percent) })}
          segments={SCALES.map((percent) => ({
            value: String(percent),
            label: t('settings.percent', { percent }),
          }))}
        />
      </Line>
      <Toggle
        label={t('settings.notify')}
        hint={t('settings.notifyHint')}
        checked={settings.notify}
        onChange={(notify) => set({ notify })}
      />

      <h3 className={styles.heading}>{t('settings.work')}</h3>
      <Toggle
        label={t('settings.renderEager')}
        hint={t('settings.renderEagerHint')}
        checked={settings.render_eager}
        onChange={(render_eager) => set({ render_eager })}
      />
      <Automatic
        label={t('settings.workers')}
        hint={t('settings.workersHint')}
        automatic={t('settings.byCores')}
        value={settings.workers}
        first={navigator.hardwareConcurrency || 4}
        min={1}
        max={64}
        unit={t('settings.jobs')}
        onChange={(workers) => set({ workers })}
      />
      <Slider
        label={t('settings.share')}
        hint={t('settings.shareHint')}
        value={settings.on_demand_share}
        min={0}
        max={100}
        unit="%"
        reset={80}
        onChange={(on_demand_share) => set({ on_demand_share })}
      />
      <Slider
        label={t('settings.timeout')}
        hint={t('settings.timeoutHint')}
        value={settings.timeout_seconds}
        min={1}
        max={3600}
        unit="s"
        reset={60}
        onChange={(timeout_seconds) => set({ timeout_seconds })}
      />

      <h3 className={styles.heading}>{t('settings.room')}</h3>
      <Automatic
        label={t('settings.memory')}
        hint={t('settings.memoryHint')}
        automatic={t('settings.halfOfMachine')}
        value={settings.max_memory === null ? null : settings.max_memory / GIBIBYTE}
        first={2}
        min={0.5}
        max={128}
        step={0.5}
        unit="GiB"
        onChange={(now) => set({ max_memory: now === null ? null : Math.round(now * GIBIBYTE) })}
      />
      <Slider
        label={t('settings.cache')}
        hint={t('settings.cacheHint')}
        value={settings.cache_bytes / GIBIBYTE}
        min={0.5}
        max={500}
        step={0.5}
        unit="GiB"
        reset={10}
        onChange={(now) => set({ cache_bytes: Math.round(now * GIBIBYTE) })}
      />
    </div>
  );
}

interface LineProps {
  label: string;
  hint?: string;
  children: React.ReactNode;
}

function Line({ label, hint, children }: LineProps) {
  return (
    <div className={styles.line}>
      <span className={styles.label}>{label}</span>
      <div>
        {children}
        {hint && <p className={styles.hint}>{hint}</p>}
      </div>
    </div>
  );
}

interface ToggleProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Toggle({ label, hint, checked, onChange }: ToggleProps) {
  return (
    <Field {...{ label, hint }}>{(id) => <Switch {...{ id, label, checked, onChange }} />}</Field>
  );
}

interface SliderProps {
  label: string;
  hint: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  unit: string;
  reset: number;
  onChange: (value: number) => void;
}

function Slider({ label, hint, ...rest }: SliderProps) {
  return (
    <Field {...{ label, hint }}>{(id) => <NumberSlider {...{ id, label }} {...rest} />}</Field>
  );
}

interface AutomaticProps extends Omit<SliderProps, 'value' | 'reset' | 'onChange'> {
  /** The label of the automatic value. */
  automatic: string;
  value: number | null;
  /** The initial number. */
  first: number;
  onChange: (value: number | null) => void;
}

/** A number, or an automatic value. */
function Automatic({ label, hint, automatic, value, first, onChange, ...rest }: AutomaticProps) {
  const choice = useId();
  return (
    <Field {...{ label, hint }}>
      {(id) => (
        <>
          <span className={styles.automatic}>
            <Switch
              id={value === null ? id : choice}
              label={`${label}: ${automatic}`}
              checked={value === null}
              onChange={(now) => onChange(now ? null : first)}
            />
            {automatic}
          </span>
          {value !== null && (
            <NumberSlider {...{ id, label, value, onChange }} {...rest} reset={first} />
          )}
        </>
      )}
    </Field>
  );
}
