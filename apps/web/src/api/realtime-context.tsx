import type { RealtimeEventName, RealtimeEventPayload } from '@carillon/contracts';
import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore, type ReactNode } from 'react';
import type { RealtimeClient, RealtimeState } from './realtime-client.js';

const RealtimeContext = createContext<RealtimeClient | null>(null);

/** Keeps the client connected while mounted, and gives it to everything below. */
export function RealtimeProvider({ client, children }: { client: RealtimeClient; children: ReactNode }) {
  useEffect(() => client.hold(), [client]);
  return <RealtimeContext.Provider value={client}>{children}</RealtimeContext.Provider>;
}

/** @throws Error outside of a RealtimeProvider, which is a mistake in the page. */
export function useRealtime(): RealtimeClient {
  const client = useContext(RealtimeContext);
  if (client === null) throw new Error('useRealtime is used outside of a RealtimeProvider');
  return client;
}

/** Runs the handler for each such event while the component is there. */
export function useRealtimeEvent<Name extends RealtimeEventName>(
  name: Name,
  handler: (payload: RealtimeEventPayload<Name>) => void,
): void {
  const client = useRealtime();
  const latest = useEffectEvent(handler);
  useEffect(() => client.on(name, (payload) => latest(payload)), [client, name]);
}

export function useRealtimeState(): RealtimeState {
  const client = useRealtime();
  return useSyncExternalStore(client.subscribeState, () => client.state);
}
