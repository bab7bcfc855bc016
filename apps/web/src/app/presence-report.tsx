import { useIdle } from '@mantine/hooks';
import { useEffect } from 'react';
import { api } from '../api/api.js';
import { useRealtime, useRealtimeState } from '../api/realtime-context.js';

/** The server forgets a report after 75 s. */
const REPORT_EVERY_MS = 30_000;
const IDLE_AFTER_MS = 5 * 60_000;

/** Tells the server whether someone is at this browser, from which it makes presence. */
export function PresenceReport() {
  const realtime = useRealtime();
  const state = useRealtimeState();
  const idle = useIdle(IDLE_AFTER_MS, { initialState: false });
  const activity = idle ? 'idle' : 'active';

  useEffect(() => {
    api.idle = idle;
  }, [idle]);

  useEffect(() => {
    if (state !== 'connected') return;
    const report = () => void realtime.request('presence.activity', { activity });
    report();
    const timer = setInterval(report, REPORT_EVERY_MS);
    return () => clearInterval(timer);
  }, [realtime, state, activity]);
  return null;
}
