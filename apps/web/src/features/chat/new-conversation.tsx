import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { call } from '../../api/api.js';
import { useContacts, useMe } from '../../api/queries.js';
import { useAct } from '../../ui/use-act.js';

/** Picks one colleague, or several and a title for a group. */
export function NewConversation({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const me = useMe();
  const contacts = useContacts();
  const navigate = useNavigate();
  const [memberIds, setMemberIds] = useState<string[]>([]);
  const [title, setTitle] = useState('');
  const [choosing, setChoosing] = useState(false);
  const group = memberIds.length > 1;
  const start = useAct({
    run: () =>
      call('openConversation', { body: { memberIds, ...(group && title.trim() !== '' && { title: title.trim() }) } }),
    stale: ['conversations'],
    onDone: ({ conversationId }) => {
      setMemberIds([]);
      setTitle('');
      onClose();
      void navigate(`/chat/${conversationId}`);
    },
  });
  const people = (contacts.data ?? [])
    .filter((contact) => contact.userId !== me.userId && !contact.disabled)
    .map((contact) => ({
      value: contact.userId as string,
      label: contact.extension === null ? contact.displayName : `${contact.displayName} (${contact.extension})`,
    }));
  return (
    <Modal opened={opened} onClose={onClose} title="New conversation">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (memberIds.length > 0) start.mutate();
        }}
      >
        <Stack>
          <MultiSelect
            label="People"
            description="One for a conversation between the two of you, several for a group."
            placeholder={memberIds.length === 0 ? 'Name or extension' : ''}
            searchable
            data-autofocus
            maxValues={50}
            nothingFoundMessage="Nobody by that name"
            data={people}
            value={memberIds}
            onChange={(ids) => {
              setMemberIds(ids);
              // Most conversations are with one person: what comes next is the button below the list.
              setChoosing(false);
            }}
            dropdownOpened={choosing}
            onDropdownOpen={() => setChoosing(true)}
            onDropdownClose={() => setChoosing(false)}
          />
          {group && (
            <TextInput
              label="Name of the group"
              placeholder="For example: Front desk"
              maxLength={80}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={memberIds.length === 0} loading={start.isPending}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
