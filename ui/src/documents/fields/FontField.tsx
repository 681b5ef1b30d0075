// A font: family, bold, italic.
import { useStartUp } from '@/api/queries';
import type { ControlProps } from './control';
import { SuggestedField } from './plainFields';

const GENERIC = ['Sans', 'Sans Bold', 'Serif', 'Serif Bold', 'Serif Italic', 'Monospace'];

export function FontField(props: ControlProps) {
  const shipped = useStartUp()?.fonts ?? [];
  const more = shipped.filter((family) => !GENERIC.includes(family));
  const suggestions = [...GENERIC, ...more.flatMap((family) => [family, `${family} Bold`])];
  return <SuggestedField {...props} suggestions={suggestions} />;
}
