import type { RealtimeEventName, RouteName } from '@carillon/contracts';
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
  const handlers = new Map<string, (payload: unknown) => void>();
  const client = {
    hold: () => () => undefined,
    on: (name: string, handler: (payload: unknown) => void) => {
      handlers.set(name, handler);
      return () => handlers.delete(name);
    },
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
    hear: (name: RealtimeEventName, payload: unknown) => act(() => handlers.get(name)?.(payload)),
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

it('what administrators change is read again by the forms of the others, and so is the name of the organisation', () => {
  serve({ GET: [200, {}] });
  const queries = createQueryClient();
  const { client, hear } = connection();
  queries.setQueryData(keyOf('me'), { userId: 'ada' });
  const shown = ['listTrunks', 'sipChoices', 'deviceProfiles', 'diagnostics'] as const;
  for (const name of shown) queries.setQueryData(keyOf(name), {});
  queries.setQueryData(keyOf('voicemails'), []);
  const isOld = (name: RouteName) => queries.getQueryState(keyOf(name))?.isInvalidated;
  render(
    <QueryClientProvider client={queries}>
      <RealtimeProvider client={client}>
        <RealtimeSync />
      </RealtimeProvider>
    </QueryClientProvider>,
  );
  expect(shown.map(isOld)).toEqual([false, false, false, false]);
  hear('directory.changed', { organisationId: 'demo' });
  expect(shown.map(isOld)).toEqual([true, true, true, true]);
  expect(isOld('me')).toBe(true);
  expect(isOld('voicemails')).toBe(false);
});
