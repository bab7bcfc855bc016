import type { Conversation } from '@carillon/contracts';
import { Button, Center, Loader, Text } from '@mantine/core';
import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useContactMap, useMe } from '../../api/queries.js';
import { useRealtime, useRealtimeState } from '../../api/realtime-context.js';
import { formatDay } from '../../ui/format-time.js';
import { Loaded, SkeletonRows } from '../../ui/loaded.js';
import classes from './chat.module.css';
import { authorName } from './conversation-name.js';
import { groupByDay } from './group-by-day.js';
import { MessageRun } from './message-run.js';
import { useOutbox, type OutgoingMessage } from './outbox-store.js';
import { PendingMessage } from './pending-message.js';
import { pendingOf } from './pending-of.js';
import { useHistory } from './use-history.js';

interface MessageListProps {
  conversation: Conversation;
  onRetry: (message: OutgoingMessage) => void;
}

const NEAR_PX = 120;

/** The history, grouped by day; older messages come as one scrolls up, new ones keep the end in sight. */
export function MessageList({ conversation, onRetry }: MessageListProps) {
  const { conversationId } = conversation;
  const me = useMe();
  const contacts = useContactMap();
  const realtime = useRealtime();
  const connected = useRealtimeState() === 'connected';
  const visible = useDocumentVisibility() === 'visible';
  const history = useHistory(conversationId);
  const outbox = useOutbox((state) => state.messages);
  const frame = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const heightBefore = useRef(0);

  const messages = history.messages;
  const last = messages?.at(-1)?.sequence ?? 0;
  const first = messages?.[0]?.sequence ?? 0;
  const pending = pendingOf(outbox, conversationId, messages?.filter((one) => one.authorId === me.userId) ?? []);

  useEffect(() => {
    if (!visible || !connected || last <= conversation.lastReadSequence) return;
    void realtime.request('conversation.mark-read', { conversationId, sequence: last });
  }, [visible, connected, realtime, conversationId, last, conversation.lastReadSequence]);

  useLayoutEffect(() => {
    const box = frame.current;
    if (box === null) return;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else if (heightBefore.current > 0) box.scrollTop += box.scrollHeight - heightBefore.current;
    heightBefore.current = 0;
  }, [first, last, pending.length]);

  const loadOlder = () => {
    if (!history.query.hasNextPage || history.query.isFetchingNextPage) return;
    heightBefore.current = frame.current?.scrollHeight ?? 0;
    void history.query.fetchNextPage();
  };
  return (
    <div
      ref={frame}
      className={classes['messages']}
      // Scrollable content must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="log"
      aria-label="Messages"
      onScroll={(event) => {
        const box = event.currentTarget;
        atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
        if (box.scrollTop < NEAR_PX) loadOlder();
      }}
    >
      <Loaded
        query={{ data: messages, error: history.query.error, refetch: history.query.refetch }}
        what="the messages"
        skeleton={<SkeletonRows rows={6} />}
      >
        {(list) => (
          <>
            {history.query.hasNextPage && (
              <Center py="sm">
                {history.query.isFetchingNextPage ? (
                  <Loader aria-label="Loading older messages" />
                ) : (
                  <Button variant="subtle" size="xs" onClick={loadOlder}>
                    Show older messages
                  </Button>
                )}
              </Center>
            )}
            {list.length === 0 && pending.length === 0 && (
              <Text c="dimmed" ta="center" py="xl">
                Nothing here yet. Say hello.
              </Text>
            )}
            {groupByDay(list).map((day) => (
              <div key={day.startsAt}>
                <div className={classes['day']}>
                  <span>{formatDay(day.startsAt)}</span>
                </div>
                {day.runs.map((run) => (
                  <MessageRun
                    key={run.messages[0]?.chatMessageId}
                    run={run}
                    own={run.authorId === me.userId}
                    author={authorName(run.authorId, contacts)}
                    showAuthor={conversation.memberIds.length !== 2}
                  />
                ))}
              </div>
            ))}
            {pending.map((message) => (
              <PendingMessage key={message.clientToken} message={message} onRetry={onRetry} />
            ))}
          </>
        )}
      </Loaded>
    </div>
  );
}
