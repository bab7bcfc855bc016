import type { Contact, Me, Presence } from '@carillon/contracts';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { api, call } from './api.js';
import { keyOf } from './query-keys.js';

/** Asks who is logged in, and keeps the CSRF token that comes with the answer. */
async function fetchMe(): Promise<Me> {
  const me = await call('me');
  api.csrfToken = me.csrfToken;
  return me;
}

export const meQuery = { queryKey: keyOf('me'), queryFn: fetchMe, staleTime: 60_000 } as const;

/** The logged-in user. Only below the route that made sure that there is one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function useContacts() {
  return useQuery({ queryKey: keyOf('contacts'), queryFn: ({ signal }) => call('contacts', { signal }) });
}

/** Contacts by user id; empty until they are there. */
export function useContactMap(): ReadonlyMap<string, Contact> {
  const { data } = useContacts();
  return new Map<string, Contact>(data?.map((contact) => [contact.userId, contact]));
}

const byUser = (presences: Presence[]): ReadonlyMap<string, Presence> =>
  new Map(presences.map((presence) => [presence.userId as string, presence]));

const NO_PRESENCE: ReadonlyMap<string, Presence> = new Map();

export function usePresences(): ReadonlyMap<string, Presence> {
  const { data } = useQuery({
    queryKey: keyOf('presences'),
    queryFn: ({ signal }) => call('presences', { signal }),
    select: byUser,
  });
  return data ?? NO_PRESENCE;
}

export function useUsers() {
  return useQuery({ queryKey: keyOf('listUsers'), queryFn: ({ signal }) => call('listUsers', { signal }) });
}

export function useRingGroups() {
  return useQuery({ queryKey: keyOf('listRingGroups'), queryFn: ({ signal }) => call('listRingGroups', { signal }) });
}

export function useRegistrations() {
  return useQuery({
    queryKey: keyOf('listRegistrations'),
    queryFn: ({ signal }) => call('listRegistrations', { signal }),
  });
}

/** Phones that are asked by MD5 alone, since they gave up at two challenges. */
export function useLearntPhones() {
  return useQuery({
    queryKey: keyOf('listLearntPhones'),
    queryFn: ({ signal }) => call('listLearntPhones', { signal }),
  });
}

export function useLiveCalls() {
  return useQuery({ queryKey: keyOf('listLiveCalls'), queryFn: ({ signal }) => call('listLiveCalls', { signal }) });
}

export function useOverview() {
  return useQuery({ queryKey: keyOf('overview'), queryFn: ({ signal }) => call('overview', { signal }) });
}
