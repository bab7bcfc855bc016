import { call } from '../../api/api.js';
import { useAct } from '../../ui/use-act.js';

/** Makes a room's guest link; the one before it no longer works. */
export function useRenewGuestLink() {
  return useAct({
    run: (roomId: string) => call('renewGuestLink', { params: { roomId } }),
    stale: ['listRooms', 'rooms', 'room'],
    done: 'The new guest link is ready to copy.',
  });
}
