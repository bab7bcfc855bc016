import type { Voicemail } from '@carillon/contracts';
import { ActionIcon, Badge, Group, Menu, Text } from '@mantine/core';
import {
  IconDotsVertical,
  IconMail,
  IconMailOpened,
  IconPhone,
  IconPlayerPlay,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { partyName } from '../../ui/call-words.js';
import { formatClock, formatDateTime, formatDay, formatDuration } from '../../ui/format-time.js';
import { notifyFailure } from '../../ui/notify.js';
import { usePlaceCall } from '../phone/use-place-call.js';
import classes from './voicemail.module.css';
import { VoicemailPlayer } from './voicemail-player.js';

interface VoicemailRowProps {
  voicemail: Voicemail;
  open: boolean;
  onOpen: (open: boolean) => void;
  onDelete: () => void;
}

/** One message: who left it, when, how long; opened, its player. */
export function VoicemailRow({ voicemail, open, onOpen, onDelete }: VoicemailRowProps) {
  const queries = useQueryClient();
  const place = usePlaceCall();
  const name = partyName(voicemail.from);
  const mark = useMutation({
    mutationFn: (heard: boolean) =>
      call('markVoicemail', { params: { voicemailMessageId: voicemail.voicemailMessageId }, body: { heard } }),
    onMutate: (heard) => {
      queries.setQueryData<Voicemail[]>(keyOf('voicemails'), (all) =>
        all?.map((one) => (one.voicemailMessageId === voicemail.voicemailMessageId ? { ...one, heard } : one)),
      );
    },
    onError: (error) => notifyFailure(error),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keyOf('voicemails') });
      void queries.invalidateQueries({ queryKey: keyOf('me') });
    },
  });
  return (
    <li
      className={classes['row']}
      data-testid={`voicemail-${voicemail.voicemailMessageId}`}
      data-new={!voicemail.heard}
    >
      <Group wrap="nowrap" gap="md">
        <ActionIcon
          variant={voicemail.heard ? 'default' : 'filled'}
          {...(!voicemail.heard && { color: 'verdigris' })}
          size={40}
          radius="xl"
          onClick={() => onOpen(!open)}
          aria-expanded={open}
          aria-label={open ? `Close the message from ${name}` : `Play the message from ${name}`}
        >
          {open ? <IconX size={18} /> : <IconPlayerPlay size={18} />}
        </ActionIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Group gap="xs" wrap="nowrap">
            <Text fw={voicemail.heard ? 500 : 700} truncate>
              {name}
            </Text>
            {!voicemail.heard && (
              <Badge color="verdigris" style={{ flex: 'none' }}>
                New
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" title={formatDateTime(voicemail.receivedAt)}>
            {voicemail.from.name !== null && `${voicemail.from.number} · `}
            {formatDay(voicemail.receivedAt)} · {formatClock(voicemail.receivedAt)} ·{' '}
            {formatDuration(voicemail.durationSeconds)}
          </Text>
        </div>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon aria-label={`More for the message from ${name}`}>
              <IconDotsVertical size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPhone size={16} />} onClick={() => place.mutate(voicemail.from.number)}>
              Call back
            </Menu.Item>
            <Menu.Item
              leftSection={voicemail.heard ? <IconMail size={16} /> : <IconMailOpened size={16} />}
              onClick={() => mark.mutate(!voicemail.heard)}
            >
              {voicemail.heard ? 'Mark as new' : 'Mark as heard'}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={onDelete}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      {open && (
        <VoicemailPlayer
          voicemail={voicemail}
          onPlaying={() => {
            if (!voicemail.heard) mark.mutate(true);
          }}
        />
      )}
    </li>
  );
}
