// A function that stays the same while what it does follows the last render, so that parts of
// the form that did not change are not drawn again at each step of a drag.
import { useCallback, useLayoutEffect, useRef } from 'react';

export function useStableCallback<A extends unknown[], R>(perform: (...given: A) => R) {
  const latest = useRef(perform);
  useLayoutEffect(() => {
    latest.current = perform;
  });
  return useCallback((...given: A): R => latest.current(...given), []);
}
