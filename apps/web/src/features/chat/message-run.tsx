import { Text } from '@mantine/core';
import { formatClock, formatDateTime } from '../../ui/format-time.js';
import { PersonAvatar } from '../../ui/person-avatar.js';
import classes from './chat.module.css';
import type { Run } from './group-by-day.js';

interface MessageRunProps {
  run: Run;
  own: boolean;
  author: string;
  showAuthor: boolean;
}

/** What one person wrote in one go. */
export function MessageRun({ run, own, author, showAuthor }: MessageRunProps) {
  const last = run.messages.at(-1);
  return (
    <div className={classes['run']} data-own={own}>
      {!own && <PersonAvatar name={author} size={30} />}
      <div className={classes['bubbles']}>
        {!own && showAuthor && (
          <Text size="xs" c="dimmed" mb={2}>
            {author}
          </Text>
        )}
        {run.messages.map((message) => (
          <div key={message.chatMessageId} className={classes['bubble']} title={formatDateTime(message.sentAt)}>
            {message.body}
          </div>
        ))}
        {last !== undefined && (
          <Text component="time" dateTime={last.sentAt} size="xs" c="dimmed">
            {formatClock(last.sentAt)}
          </Text>
        )}
      </div>
    </div>
  );
}
