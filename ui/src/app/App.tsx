// The whole window: what it knows is kept fresh, and what is shown follows from the workspace.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keepFresh } from '@/api/events';
import { startUpQuery } from '@/api/queries';
import { TooltipProvider } from '@/components/Tooltip';
import { Welcome } from '@/features/welcome/Welcome';
import { Frame } from './Frame';
import { useTheme } from './theme';

export function App() {
  const client = useQueryClient();
  useEffect(() => keepFresh(client), [client]);
  const startUp = useQuery(startUpQuery).data;
  useTheme(startUp?.settings.theme ?? 'system');
  if (!startUp) return null;
  return <TooltipProvider>{startUp.workspace ? <Frame /> : <Welcome />}</TooltipProvider>;
}
