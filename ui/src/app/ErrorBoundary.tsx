// Confines a crash to one part of the window.
import { Component, type ReactNode } from 'react';
import { Button } from '@/components/Button';
import { t } from '@/text';
import styles from './ErrorBoundary.module.css';

interface ErrorBoundaryProps {
  /** The part's name, for the user. */
  part: string;
  children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { fault: string | null }> {
  override state = { fault: null };

  static getDerivedStateFromError(error: unknown) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.fault === null) return this.props.children;
    return (
      <div className={styles.fault} role="alert">
        <p>{t('app.fault', { part: this.props.part })}</p>
        <p className={styles.reason} data-selectable>
          {this.state.fault}
        </p>
        <Button onClick={() => this.setState({ fault: null })}>{t('app.again')}</Button>
      </div>
    );
  }
}
