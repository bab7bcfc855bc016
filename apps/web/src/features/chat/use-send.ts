import type { Conversation } from '@carillon/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { useRealtime, useRealtimeState } from '../../api/realtime-context.js';
import { failureText } from '../../ui/failure-text.js';
import { addToConversations } from './add-to-conversations.js';
import { addToHistory } from './add-to-history.js';
import { useOutbox, type OutgoingMessage } from './outbox-store.js';

/** Refusals after which the same message may yet be taken. */
const PASSING = new Set(['CLIENT.OFFLINE', 'CLIENT.TIMEOUT']);

/**
 * Sends chat messages: each is shown at once, and is sent again with the same token when the connection is back.
 */
export function useSend(conversationId: string) {
  const realtime = useRealtime();
  const state = useRealtimeState();
  const queries = useQueryClient();
  const userId = useMe().userId;

  const attempt = useCallback(
    async (outgoing: OutgoingMessage) => {
      const { change, remove } = useOutbox.getState();
      const { clientToken, body } = outgoing;
      change(clientToken, { state: 'sending', reason: null });
      const answer = await realtime.request('chat-message.send', {
        conversationId: outgoing.conversationId,
        body,
        clientToken,
      });
      if (!answer.ok) {
        return change(clientToken, {
          state: PASSING.has(answer.code) ? 'waiting' : 'refused',
          reason: failureText(answer),
        });
      }
      if (!addToHistory(queries, answer.message)) await queries.invalidateQueries({ queryKey: keyOf('history') });
      queries.setQueryData<Conversation[]>(
        keyOf('conversations'),
        (all) => all && addToConversations(all, answer.message, userId),
      );
      remove(clientToken);
    },
    [realtime, queries, userId],
  );

  useEffect(() => {
    if (state !== 'connected') return;
    const waiting = useOutbox
      .getState()
      .messages.filter((one) => one.state === 'waiting' && one.conversationId === conversationId);
    // One after another, so that they keep their order.
    void waiting.reduce((before, message) => before.then(() => attempt(message)), Promise.resolve());
  }, [state, attempt, conversationId]);

  const send = useCallback(
    (body: string) => {
      const outgoing: OutgoingMessage = {
        clientToken: crypto.randomUUID(),
        conversationId,
        body,
        createdAt: new Date().toISOString(),
        state: 'sending',
        reason: null,
      };
      useOutbox.getState().add(outgoing);
      void attempt(outgoing);
    },
    [attempt, conversationId],
  );
  return { send, retry: attempt };
}
