import { useCallback, useEffect, useRef, useState } from 'react';
import { useRealtime, useRealtimeEvent } from '../../api/realtime-context.js';

const TELL_EVERY_MS = 3_000;
const SHOWN_FOR_MS = 5_000;

/** Who types in the conversation, and the way to tell that one types oneself. */
export function useTyping(conversationId: string, ownId: string) {
  const realtime = useRealtime();
  const toldAt = useRef(0);
  const [until, setUntil] = useState<ReadonlyMap<string, number>>(new Map());

  useRealtimeEvent('conversation.typed', (event) => {
    if (event.conversationId !== conversationId || event.userId === ownId) return;
    setUntil((known) => new Map(known).set(event.userId, Date.now() + SHOWN_FOR_MS));
  });
  useRealtimeEvent('chat-message.sent', ({ message }) => {
    setUntil((known) => new Map([...known].filter(([userId]) => userId !== message.authorId)));
  });
  useEffect(() => {
    if (until.size === 0) return;
    const timer = setInterval(
      () => setUntil((known) => new Map([...known].filter(([, end]) => end > Date.now()))),
      1_000,
    );
    return () => clearInterval(timer);
  }, [until]);

  const tell = useCallback(() => {
    if (Date.now() - toldAt.current < TELL_EVERY_MS) return;
    toldAt.current = Date.now();
    void realtime.request('conversation.typing', { conversationId });
  }, [realtime, conversationId]);
  return { typing: [...until.keys()], tell };
}
