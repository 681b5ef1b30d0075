// The window with an open workspace: toolbar, side panels, the current view, the activity panel.
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
import { useView, type ViewName } from '@/state/view';
import { DeferredPanels } from './DeferredPanels';
import { ErrorBoundary } from './ErrorBoundary';
import styles from './Frame.module.css';
import { Toolbar } from './Toolbar';

/** The height of the status line, which stays when the activity panel is closed. */
const STATUS_LINE = 27;

export const Frame = memo(function Frame() {
  const { t } = useTranslation();
  const sizes = usePanels.getState();
  return (
    <div className={styles.window}>
      <ErrorBoundary part={t('app.toolbar')}>
        <Toolbar />
      </ErrorBoundary>
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
                    onResize={saveLibrarySize}
                  >
                    <ErrorBoundary part={t('app.library')}>
                      <Sidebar />
                    </ErrorBoundary>
                  </Panel>
                  <Separator className={styles.row} aria-label={t('app.resizeLibrary')} />
                  <Panel id="generators-part" className={styles.scroll} minSize={90}>
                    <ErrorBoundary part={t('app.generators')}>
                      <DeferredPanels>
                        <GeneratorList />
                        <ThemeList />
                      </DeferredPanels>
                    </ErrorBoundary>
                  </Panel>
                </Group>
              </nav>
            </Side>
            <Separator className={styles.column} aria-label={t('app.resizeSidebar')} />
            <Panel id="view-part" minSize={260}>
              <main className={styles.view} aria-label={t('app.view')} data-view tabIndex={-1}>
                <ErrorBoundary part={t('app.filters')}>
                  <Filters />
                </ErrorBoundary>
                <CurrentView />
              </main>
            </Panel>
            <Separator className={styles.column} aria-label={t('app.resizeInspector')} />
            <Side name="inspector" minSize={270} maxSize={640}>
              <aside className={styles.side} aria-label={t('app.inspector')}>
                <ErrorBoundary part={t('app.inspector')}>
                  <DeferredPanels>
                    <Inspector />
                  </DeferredPanels>
                </ErrorBoundary>
              </aside>
            </Side>
          </Group>
        </Panel>
        <Separator className={styles.row} aria-label={t('app.resizeActivity')} />
        <Side name="activity" minSize={140} collapsedSize={STATUS_LINE}>
          <section className={styles.activity} aria-label={t('app.activity')}>
            <ErrorBoundary part={t('app.activity')}>
              <ActivityPanel />
            </ErrorBoundary>
          </section>
        </Side>
      </Group>
    </div>
  );
});

function saveLibrarySize({ asPercentage }: PanelSize) {
  usePanels.getState().set({ library: Math.round(asPercentage * 10) / 10 });
}

const views: Record<ViewName, () => ReactNode> = {
  grid: Grid,
  matrix: Matrix,
  compare: Compare,
  sheet: Sheet,
};

function CurrentView() {
  const { t } = useTranslation();
  const current = useView((view) => view.current);
  const Content = views[current];
  return (
    <div className={styles.shown}>
      <ErrorBoundary key={current} part={t(`app.views.${current}`)}>
        <Content />
      </ErrorBoundary>
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

/** A panel that is collapsed by its edge or by the view's state, and keeps its size. */
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
        // Not by its pixels: resizing the window resizes all panels for a moment.
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
