import type { Conversation } from '@carillon/contracts';
import { ActionIcon, Group, Text, Title, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconPhone } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import { useContactMap, useMe, usePresences } from '../../api/queries.js';
import { PersonAvatar, presenceWord } from '../../ui/person-avatar.js';
import { usePlaceCall } from '../phone/use-place-call.js';
import classes from './chat.module.css';
import { Composer } from './composer.js';
import { conversationName, isAbandoned, otherMember } from './conversation-name.js';
import { MessageList } from './message-list.js';
import { useSend } from './use-send.js';
import { useTyping } from './use-typing.js';

/** One conversation: who it is with, its history, and the field to write in. */
export function ConversationView({ conversation }: { conversation: Conversation }) {
  const me = useMe();
  const { search } = useLocation();
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const contacts = useContactMap();
  const presences = usePresences();
  const placeCall = usePlaceCall();
  const { send, retry } = useSend(conversation.conversationId);
  const { typing, tell } = useTyping(conversation.conversationId, me.userId);
  const name = conversationName(conversation, contacts, me.userId);
  const other = otherMember(conversation, me.userId);
  const abandoned = isAbandoned(conversation);
  const contact = other === undefined ? undefined : contacts.get(other);
  const extension = contact?.extension ?? null;
  const presence = other === undefined ? undefined : presences.get(other)?.state;
  const names = typing.map((id) => contacts.get(id)?.displayName ?? 'Someone');
  return (
    <>
      <Group className={classes['header']} wrap="nowrap">
        <ActionIcon
          component={Link}
          to={{ pathname: '/chat', search }}
          aria-label="Back to conversations"
          hiddenFrom="sm"
        >
          <IconArrowLeft size={20} />
        </ActionIcon>
        {other !== undefined && <PersonAvatar name={name} presence={presence} />}
        <div style={{ flex: 1, minWidth: 0 }}>
          <Title order={narrow ? 1 : 2} size="h2" lineClamp={1}>
            {name}
          </Title>
          <Text size="sm" c="dimmed" truncate>
            {abandoned
              ? 'No longer here'
              : other === undefined
                ? `${conversation.memberIds.length} members`
                : [presence && presenceWord(presence), extension].filter(Boolean).join(' · ')}
          </Text>
        </div>
        {extension !== null && (
          <Tooltip label={`Call ${extension}`}>
            <ActionIcon
              aria-label={`Call ${name}`}
              onClick={() => placeCall.mutate(extension)}
              loading={placeCall.isPending}
            >
              <IconPhone size={20} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <MessageList conversation={conversation} onRetry={(message) => void retry(message)} />
      <div className={classes['typing']} aria-live="polite">
        {names.length > 0 && `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`}
      </div>
      {abandoned ? (
        <Text c="dimmed" ta="center" p="md">
          Nobody else is left in this conversation.
        </Text>
      ) : (
        <Composer name={name} onSend={send} onTyping={tell} />
      )}
    </>
  );
}
