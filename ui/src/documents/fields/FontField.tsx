// A font: family, bold, italic.
import { useQuery } from '@tanstack/react-query';
import { fontsQuery } from '@/api/queries';
import type { ControlProps } from './control';
import { SuggestedField } from './plainFields';

const GENERIC = ['Sans', 'Sans Bold', 'Serif', 'Serif Bold', 'Serif Italic', 'Monospace'];

export function FontField(props: ControlProps) {
  const families = useQuery(fontsQuery).data?.families ?? [];
  return (
    <SuggestedField
      {...props}
      suggestions={[...GENERIC, ...families]}
      face={(family) => (GENERIC.includes(family) ? undefined : family)}
    />
  );
}
