import type { Conversation, LiveCall, Me, Presence, RouteName } from '@carillon/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useMe } from '../api/queries.js';
import { keyOf } from '../api/query-keys.js';
import { useRealtimeEvent, useRealtimeState } from '../api/realtime-context.js';
import { callConcerns, upsertCall } from '../api/upsert-call.js';
import { addToConversations } from '../features/chat/add-to-conversations.js';
import { addToHistory } from '../features/chat/add-to-history.js';
import { notifyDone } from '../ui/notify.js';

const DIRECTORY: readonly RouteName[] = [
  'contacts',
  'listUsers',
  'getUser',
  'listRingGroups',
  'listIvrMenus',
  'listRooms',
  'rooms',
  'overview',
  // Who was deleted is gone from them.
  'conversations',
  'history',
  // What forms show must be what is stored: what another administrator saved is else written over.
  'listTrunks',
  'sipChoices',
  'deviceProfiles',
  'diagnostics',
  // With the name of the organisation.
  'me',
];

/** Keeps what pages have cached true to what the server tells. Renders nothing. */
export function RealtimeSync() {
  const queries = useQueryClient();
  const me = useMe();
  const state = useRealtimeState();
  const wasConnected = useRef(false);
  const stale = (...names: RouteName[]) => {
    for (const name of names) void queries.invalidateQueries({ queryKey: keyOf(name) });
  };

  useEffect(() => {
    if (state === 'connected') {
      // What happened before, or while the connection was down, was not told: what was read by then may be old.
      const again = wasConnected.current;
      void queries.invalidateQueries({ predicate: ({ state: { data } }) => again || data !== undefined });
      wasConnected.current = true;
    }
    // The session is over: asking who we are leads to the login.
    if (state === 'refused') void queries.invalidateQueries({ queryKey: keyOf('me') });
  }, [state, queries]);

  useRealtimeEvent('call.changed', ({ call }) => {
    queries.setQueryData<LiveCall[]>(keyOf('listLiveCalls'), (calls) => calls && upsertCall(calls, call));
    const mine = callConcerns(call, me.userId);
    if (mine) queries.setQueryData<LiveCall[]>(keyOf('myLiveCalls'), (calls) => calls && upsertCall(calls, call));
    void queries.invalidateQueries({ queryKey: keyOf('getCall', call.callId) });
    if (call.state === 'ended') {
      stale('allCalls', 'overview');
      if (mine) stale('myCalls');
    } else if (call.revision <= 1) stale('overview');
  });
  useRealtimeEvent('registration.added', () => stale('listRegistrations', 'listLearntPhones', 'overview'));
  useRealtimeEvent('registration.removed', () => stale('listRegistrations', 'overview'));
  useRealtimeEvent('directory.changed', () => stale(...DIRECTORY));
  useRealtimeEvent('presence.changed', ({ presence }) => {
    queries.setQueryData<Presence[]>(
      keyOf('presences'),
      (all) => all && [...all.filter((one) => one.userId !== presence.userId), presence],
    );
  });
  useRealtimeEvent('mailbox.changed', ({ newCount, oldCount }) => {
    const before = queries.getQueryData<Me>(keyOf('me'))?.voicemail?.newCount ?? 0;
    queries.setQueryData<Me>(keyOf('me'), (known) => known && { ...known, voicemail: { newCount, oldCount } });
    stale('voicemails');
    if (newCount > before) notifyDone('You have a new voicemail message.');
  });
  useRealtimeEvent('chat-message.sent', ({ message }) => {
    if (!addToHistory(queries, message)) stale('history');
    const known = queries.getQueryData<Conversation[]>(keyOf('conversations'));
    if (known?.some((one) => one.conversationId === message.conversationId) !== true) return stale('conversations');
    queries.setQueryData<Conversation[]>(keyOf('conversations'), addToConversations(known, message, me.userId));
  });
  useRealtimeEvent('conversation.opened', () => stale('conversations'));
  useRealtimeEvent('conversation.read', ({ conversationId, userId, sequence }) => {
    if (userId !== me.userId) return;
    queries.setQueryData<Conversation[]>(keyOf('conversations'), (all) =>
      all?.map((one) =>
        one.conversationId === conversationId
          ? { ...one, lastReadSequence: sequence, unread: Math.max(0, (one.lastMessage?.sequence ?? 0) - sequence) }
          : one,
      ),
    );
  });
  return null;
}
