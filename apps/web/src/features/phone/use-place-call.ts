import { useMutation } from '@tanstack/react-query';
import { useRealtime } from '../../api/realtime-context.js';
import { notifyDone, notifyFailure } from '../../ui/notify.js';

/** Click to call: the user's own phones ring first, and then the number. */
export function usePlaceCall() {
  const realtime = useRealtime();
  return useMutation({
    mutationFn: async (number: string) => {
      const answer = await realtime.request('call.place', { number });
      if (answer.ok) notifyDone(`Pick up your phone. It then rings ${number}.`);
      else notifyFailure(answer, `Could not call ${number}`);
      return answer.ok;
    },
  });
}
