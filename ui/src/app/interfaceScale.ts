// Applies the interface scale: the web view draws the whole page larger.
import { useEffect } from 'react';
import { setWindowZoom } from '@/api/rpc';
import { useZoom } from '@/state/density';

/** Applies an interface scale, in percent. */
export function useInterfaceScale(percent: number) {
  useEffect(() => {
    let current = true;
    const zoom = percent / 100;
    void setWindowZoom(zoom)
      .then((display) => current && useZoom.setState({ zoom, display }))
      // A web view that cannot zoom shows the page as it is.
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [percent]);
}
