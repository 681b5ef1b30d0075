// Which generators apply to the focused asset.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { matrixQuery } from '@/api/queries';
import { useAsset } from '@/assets/filtered';
import { useSelection } from '@/state/selection';
import { generatorKey } from '@/state/view';

/** Whether generators apply to the focused asset; what is unknown does. */
export function useApplies() {
  const focus = useRested(useSelection((selection) => selection.focus));
  const asset = useAsset(focus);
  const isReady = asset?.state.kind === 'ready';
  const { data } = useQuery(matrixQuery({ assets: isReady ? [asset.id] : [], files: [] }));
  const row = data?.rows.find((one) => one.asset === asset?.id);
  const matched = new Set(row?.cells.map(generatorKey));
  return (file: string, generator: string) =>
    !isReady || !row || matched.has(generatorKey({ file, generator }));
}

/** How long the focus rests on an asset before it is asked about, in milliseconds. */
const REST = 150;

/** A value once it has stayed for a while. */
function useRested<V>(value: V): V {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
