import { ActionIcon, Group, Text, Title, Tooltip } from '@mantine/core';
import { IconMessageCircle, IconPhone, IconUsers } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import type { Contact } from '@carillon/contracts';
import { call } from '../../api/api.js';
import { useContacts, useMe, usePresences } from '../../api/queries.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { NoMatch } from '../../ui/no-match.js';
import { PersonAvatar, presenceWord } from '../../ui/person-avatar.js';
import { SearchField } from '../../ui/search-field.js';
import { useAct } from '../../ui/use-act.js';
import { useSearchText } from '../../ui/use-search-text.js';
import classes from './phone.module.css';
import { usePlaceCall } from './use-place-call.js';

/** Everyone in the organisation, with presence. */
export function Directory() {
  const me = useMe();
  const contacts = useContacts();
  const { text, field, clear } = useSearchText();
  const wanted = text.trim().toLowerCase();
  const matches = (contact: Contact) =>
    contact.userId !== me.userId &&
    !contact.disabled &&
    `${contact.displayName} ${contact.email} ${contact.extension ?? ''}`.toLowerCase().includes(wanted);
  return (
    <section aria-labelledby="directory">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="directory">
          Directory
        </Title>
      </Group>
      <SearchField label="Search people" mb="sm" {...field} />
      <div className={classes['panel']}>
        <Loaded query={contacts} what="the directory">
          {(list) => {
            const found = list.filter(matches).toSorted((a, b) => a.displayName.localeCompare(b.displayName));
            if (found.length > 0) {
              return (
                <ul className={classes['rows']} aria-label="Directory">
                  {found.map((contact) => (
                    <ContactRow key={contact.userId} contact={contact} />
                  ))}
                </ul>
              );
            }
            return wanted === '' ? (
              <EmptyState
                icon={<IconUsers size={28} />}
                title="You are the first"
                hint="An administrator adds people under Users."
              />
            ) : (
              <NoMatch onShowAll={clear}>Nobody matches “{text}”.</NoMatch>
            );
          }}
        </Loaded>
      </div>
    </section>
  );
}

function ContactRow({ contact }: { contact: Contact }) {
  const presence = usePresences().get(contact.userId)?.state ?? 'offline';
  const navigate = useNavigate();
  const place = usePlaceCall();
  const { extension } = contact;
  const chat = useAct({
    run: () => call('openConversation', { body: { memberIds: [contact.userId] } }),
    stale: ['conversations'],
    onDone: ({ conversationId }) => void navigate(`/chat/${conversationId}`),
  });
  return (
    <li className={classes['row']}>
      <PersonAvatar name={contact.displayName} presence={presence} />
      <div className={classes['rowText']}>
        <Text fw={500} truncate>
          {contact.displayName}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {extension === null ? presenceWord(presence) : `${extension} · ${presenceWord(presence)}`}
        </Text>
      </div>
      <Group gap={2} wrap="nowrap">
        <Tooltip label="Chat">
          <ActionIcon
            aria-label={`Chat with ${contact.displayName}`}
            onClick={() => chat.mutate()}
            loading={chat.isPending}
          >
            <IconMessageCircle size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={extension === null ? 'No extension' : `Call ${extension}`}>
          <ActionIcon
            aria-label={`Call ${contact.displayName}`}
            disabled={extension === null}
            onClick={() => extension !== null && place.mutate(extension)}
            loading={place.isPending}
          >
            <IconPhone size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </li>
  );
}
