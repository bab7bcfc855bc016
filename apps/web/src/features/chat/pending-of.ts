import type { ChatMessage } from '@carillon/contracts';
import type { OutgoingMessage } from './outbox-store.js';

/**
 * What of the outbox is still to be shown in a conversation. The event of one's own message may come before the
 * answer to sending it; each such message hides one outgoing message of the same text, so that none is seen twice.
 */
export function pendingOf(
  outbox: readonly OutgoingMessage[],
  conversationId: string,
  own: readonly ChatMessage[],
): OutgoingMessage[] {
  const arrived = [...own];
  return outbox.filter((outgoing) => {
    if (outgoing.conversationId !== conversationId) return false;
    // Clocks of browser and server differ a little.
    const since = Date.parse(outgoing.createdAt) - 5_000;
    const index = arrived.findIndex(
      (message) => message.body === outgoing.body.trim() && Date.parse(message.sentAt) >= since,
    );
    if (index < 0 || outgoing.state !== 'sending') return true;
    arrived.splice(index, 1);
    return false;
  });
}
