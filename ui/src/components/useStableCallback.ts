// A callback that is the same function at every render and calls the latest version, so that memoised
// parts of the form are not rendered again at each step of a drag.
import { useCallback, useLayoutEffect, useRef } from 'react';

export function useStableCallback<A extends unknown[], R>(perform: (...given: A) => R) {
  const latest = useRef(perform);
  useLayoutEffect(() => {
    latest.current = perform;
  });
  return useCallback((...given: A): R => latest.current(...given), []);
}
