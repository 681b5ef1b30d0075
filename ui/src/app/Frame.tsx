// The window with a workspace: toolbar, two sides, the stage, the activity panel.
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Group,
  Panel,
  type PanelImperativeHandle,
  type PanelSize,
  Separator,
} from 'react-resizable-panels';
import { ActivityPanel } from '@/features/activity/ActivityPanel';
import { Compare } from '@/features/compare/Compare';
import { GeneratorList } from '@/features/generators/GeneratorList';
import { ThemeList } from '@/features/generators/ThemeList';
import { Inspector } from '@/features/inspector/Inspector';
import { Filters } from '@/features/library/Filters';
import { Grid } from '@/features/library/Grid';
import { Sidebar } from '@/features/library/Sidebar';
import { Matrix } from '@/features/matrix/Matrix';
import { Sheet } from '@/features/sheet/Sheet';
import { usePanels } from '@/state/panels';
import { type StageView, useView } from '@/state/view';
import { Boundary } from './Boundary';
import styles from './Frame.module.css';
import { Later } from './Later';
import { Toolbar } from './Toolbar';

/** The height of the status line, which stays when the activity panel is closed. */
const STATUS_LINE = 27;

export const Frame = memo(function Frame() {
  const { t } = useTranslation();
  const sizes = usePanels.getState();
  return (
    <div className={styles.window}>
      <Boundary part={t('app.toolbar')}>
        <Toolbar />
      </Boundary>
      <Group orientation="vertical" className={styles.fill} id="window">
        <Panel id="work" minSize={200}>
          <Group orientation="horizontal" className={styles.fill} id="columns">
            <Side name="sidebar" minSize={170} maxSize={420}>
              <nav className={styles.side} aria-label={t('app.sidebar')}>
                <Group orientation="vertical" id="sidebar-parts">
                  <Panel
                    id="library-part"
                    className={styles.scroll}
                    minSize={90}
                    defaultSize={`${sizes.library}%`}
                    onResize={keepLibrary}
                  >
                    <Boundary part={t('app.library')}>
                      <Sidebar />
                    </Boundary>
                  </Panel>
                  <Separator className={styles.row} aria-label={t('app.resizeLibrary')} />
                  <Panel id="generators-part" className={styles.scroll} minSize={90}>
                    <Boundary part={t('app.generators')}>
                      <Later>
                        <GeneratorList />
                        <ThemeList />
                      </Later>
                    </Boundary>
                  </Panel>
                </Group>
              </nav>
            </Side>
            <Separator className={styles.column} aria-label={t('app.resizeSidebar')} />
            <Panel id="stage-part" minSize={260}>
              <main className={styles.stage} aria-label={t('app.stage')} data-stage tabIndex={-1}>
                <Boundary part={t('app.filters')}>
                  <Filters />
                </Boundary>
                <Stage />
              </main>
            </Panel>
            <Separator className={styles.column} aria-label={t('app.resizeInspector')} />
            <Side name="inspector" minSize={270} maxSize={640}>
              <aside className={styles.side} aria-label={t('app.inspector')}>
                <Boundary part={t('app.inspector')}>
                  <Later>
                    <Inspector />
                  </Later>
                </Boundary>
              </aside>
            </Side>
          </Group>
        </Panel>
        <Separator className={styles.row} aria-label={t('app.resizeActivity')} />
        <Side name="activity" minSize={140} collapsedSize={STATUS_LINE}>
          <section className={styles.activity} aria-label={t('app.activity')}>
            <Boundary part={t('app.activity')}>
              <ActivityPanel />
            </Boundary>
          </section>
        </Side>
      </Group>
    </div>
  );
});

function keepLibrary({ asPercentage }: PanelSize) {
  usePanels.getState().set({ library: Math.round(asPercentage * 10) / 10 });
}

const stages: Record<StageView, () => ReactNode> = {
  grid: Grid,
  matrix: Matrix,
  compare: Compare,
  sheet: Sheet,
};

function Stage() {
  const { t } = useTranslation();
  const stage = useView((view) => view.stage);
  const Shown = stages[stage];
  return (
    <div className={styles.shown}>
      <Boundary key={stage} part={t(`app.stages.${stage}`)}>
        <Shown />
      </Boundary>
    </div>
  );
}

interface SideProps {
  name: 'sidebar' | 'inspector' | 'activity';
  minSize: number;
  maxSize?: number;
  collapsedSize?: number;
  children: ReactNode;
}

/** A panel that closes and opens, by its edge and by the view's state, and keeps its size. */
function Side({ name, minSize, maxSize, collapsedSize = 0, children }: SideProps) {
  const shown = useView((view) => view[name]);
  const panel = useRef<PanelImperativeHandle>(null);
  const first = useRef(shown ? usePanels.getState()[name] : collapsedSize);
  useEffect(() => {
    if (!panel.current || panel.current.isCollapsed() === !shown) return;
    if (shown) panel.current.resize(usePanels.getState()[name]);
    else panel.current.collapse();
  }, [shown, name]);
  return (
    <Panel
      id={name}
      panelRef={panel}
      collapsible
      groupResizeBehavior="preserve-pixel-size"
      {...{ minSize, collapsedSize }}
      {...(maxSize ? { maxSize } : {})}
      defaultSize={first.current}
      onResize={({ inPixels }, _, former) => {
        if (!former || !panel.current) return;
        // Not by its pixels: for a moment, another size of the window makes all panels other ones.
        const open = !panel.current.isCollapsed();
        if (open && inPixels >= minSize - 1)
          usePanels.getState().set({ [name]: Math.round(inPixels) });
        if (open !== useView.getState()[name]) useView.getState().set({ [name]: open });
      }}
    >
      {/* What is closed must not take the focus; a status line stays in reach. */}
      <div className={styles.fill} inert={!shown && collapsedSize === 0}>
        {children}
      </div>
    </Panel>
  );
}
