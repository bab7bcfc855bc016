import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { keyOf } from '../api/query-keys.js';
import type { RealtimeClient, RealtimeState } from '../api/realtime-client.js';
import { RealtimeProvider } from '../api/realtime-context.js';
import { serve } from '../testing/serve.js';
import { createQueryClient } from './create-query-client.js';
import { RealtimeSync } from './realtime-sync.js';

afterEach(cleanup);

/** A connection whose state the test sets. */
function connection() {
  let state: RealtimeState = 'connecting';
  let tell = (): void => undefined;
  const client = {
    hold: () => () => undefined,
    on: () => () => undefined,
    subscribeState: (listener: () => void) => {
      tell = listener;
      return () => undefined;
    },
    get state() {
      return state;
    },
  };
  return {
    client: client as unknown as RealtimeClient,
    become: (next: RealtimeState) =>
      act(() => {
        state = next;
        tell();
      }),
  };
}

it('what was read before the first connection, or while there was none, is read again', () => {
  serve({ GET: [200, {}] });
  const queries = createQueryClient();
  const { client, become } = connection();
  queries.setQueryData(keyOf('me'), { userId: 'ada' });
  queries.setQueryData(keyOf('conversations'), []);
  const isOld = (): boolean | undefined => queries.getQueryState(keyOf('conversations'))?.isInvalidated;
  render(
    <QueryClientProvider client={queries}>
      <RealtimeProvider client={client}>
        <RealtimeSync />
      </RealtimeProvider>
    </QueryClientProvider>,
  );
  expect(isOld()).toBe(false);
  become('connected');
  expect(isOld()).toBe(true);
  queries.setQueryData(keyOf('conversations'), []);
  become('lost');
  expect(isOld()).toBe(false);
  become('connected');
  expect(isOld()).toBe(true);
});
