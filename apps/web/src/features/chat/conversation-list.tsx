import type { Conversation } from '@carillon/contracts';
import { ActionIcon, Button, Group, Text, Title, Tooltip } from '@mantine/core';
import { IconMessageCircle, IconPencilPlus, IconUsers } from '@tabler/icons-react';
import { NavLink } from 'react-router';
import { useContactMap, useMe, usePresences } from '../../api/queries.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatRecent } from '../../ui/format-time.js';
import { NoMatch } from '../../ui/no-match.js';
import { PersonAvatar } from '../../ui/person-avatar.js';
import { SearchField } from '../../ui/search-field.js';
import { useSearchText } from '../../ui/use-search-text.js';
import classes from './chat.module.css';
import { conversationName, isAbandoned, otherMember } from './conversation-name.js';

interface ConversationListProps {
  conversations: readonly Conversation[];
  onNew: () => void;
}

/** All conversations, the latest first, with what is unread. */
export function ConversationList({ conversations, onNew }: ConversationListProps) {
  const me = useMe();
  const contacts = useContactMap();
  const presences = usePresences();
  const { text, field, clear, search } = useSearchText();
  const wanted = text.trim().toLowerCase();
  const named = conversations
    .map((conversation) => ({ conversation, name: conversationName(conversation, contacts, me.userId) }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((a, b) =>
      (b.conversation.lastMessage?.sentAt ?? '').localeCompare(a.conversation.lastMessage?.sentAt ?? ''),
    );
  return (
    <>
      <Group justify="space-between" p="md" pb="xs">
        <Title order={1}>Chat</Title>
        <Tooltip label="New conversation">
          <ActionIcon variant="light" color="verdigris" onClick={onNew} aria-label="New conversation">
            <IconPencilPlus size={20} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {conversations.length === 0 ? (
        <EmptyState
          icon={<IconMessageCircle size={28} />}
          title="No conversations yet"
          hint="Write to one colleague, or start a group."
          action={<Button onClick={onNew}>New conversation</Button>}
        />
      ) : (
        <>
          <SearchField label="Search conversations" mx="md" mb="xs" {...field} />
          <ul className={classes['items']}>
            {named.map(({ conversation, name }) => {
              const other = otherMember(conversation, me.userId);
              const last = conversation.lastMessage;
              return (
                <li key={conversation.conversationId}>
                  <NavLink
                    to={{ pathname: `/chat/${conversation.conversationId}`, search }}
                    className={classes['item'] ?? ''}
                  >
                    {other === undefined && !(isAbandoned(conversation) && conversation.title === null) ? (
                      <span className={classes['group']} aria-hidden>
                        <IconUsers size={20} />
                      </span>
                    ) : (
                      <PersonAvatar
                        name={name}
                        presence={other === undefined ? undefined : presences.get(other)?.state}
                        size={40}
                      />
                    )}
                    <span className={classes['itemText']}>
                      <span className={classes['itemLine']}>
                        <Text span truncate fw={conversation.unread > 0 ? 700 : 500}>
                          {name}
                        </Text>
                        {last !== null && (
                          <Text span size="xs" c="dimmed" className={classes['time']}>
                            {formatRecent(last.sentAt)}
                          </Text>
                        )}
                      </span>
                      <span className={classes['itemLine']}>
                        <Text span size="sm" c="dimmed" truncate>
                          {last === null
                            ? 'No messages yet'
                            : `${last.authorId === me.userId ? 'You: ' : ''}${last.body.replaceAll('\n', ' ')}`}
                        </Text>
                        {conversation.unread > 0 && (
                          <span className={classes['unread']} aria-label={`${conversation.unread} unread`}>
                            {conversation.unread}
                          </span>
                        )}
                      </span>
                    </span>
                  </NavLink>
                </li>
              );
            })}
          </ul>
          {named.length === 0 && <NoMatch onShowAll={clear}>No conversation matches “{text}”.</NoMatch>}
        </>
      )}
    </>
  );
}
