import { useAppState } from '../../stores/index.ts';

/** Whether the clinic's server can be asked now. */
export function useIsConnected(): boolean {
  return useAppState((state) => {
    const phase = state.app?.sync.phase;
    return phase === 'live' || phase === 'catchingUp' || phase === 'bootstrapping';
  });
}
