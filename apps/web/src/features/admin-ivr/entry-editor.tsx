import type { RingGroup, User } from '@carillon/contracts';
import { ActionIcon, Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ACTION_KINDS, isActionKind, needsTarget, type DraftEntry } from './action-words.js';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '*', '#'] as const;

interface EntryEditorProps {
  entries: readonly DraftEntry[];
  /** By `entries` and `entries.<index>`. */
  errors: Readonly<Record<string, ReactNode>>;
  onChange: (entries: DraftEntry[]) => void;
  users: readonly User[];
  groups: readonly RingGroup[];
}

/** The keys of a menu and what each does. */
export function EntryEditor({ entries, errors, onChange, users, groups }: EntryEditorProps) {
  const free = KEYS.filter((key) => !entries.some((entry) => entry.digit === key));
  const change = (index: number, part: Partial<DraftEntry>) =>
    onChange(entries.map((entry, at) => (at === index ? { ...entry, ...part } : entry)));
  const targets = {
    group: groups.map((group) => ({ value: group.ringGroupId as string, label: `${group.name} (${group.extension})` })),
    user: users.map((user) => ({ value: user.userId as string, label: user.displayName })),
    voicemail: users.flatMap((user) =>
      user.mailboxId === null ? [] : [{ value: user.mailboxId, label: user.displayName }],
    ),
  };
  return (
    <Card>
      <Title order={2} mb="md">
        Keys
      </Title>
      <Stack gap="md">
        {entries.map((entry, index) => (
          <Stack key={entry.digit} gap={4} role="group" aria-label={`Key ${entry.digit}`}>
            <Group gap="xs" align="flex-end" wrap="nowrap">
              <Select
                w={72}
                label="Key"
                allowDeselect={false}
                data={KEYS.filter((key) => key === entry.digit || free.includes(key))}
                value={entry.digit}
                onChange={(digit) => digit !== null && change(index, { digit })}
              />
              <Select
                flex={1}
                label="Action"
                allowDeselect={false}
                data={[...ACTION_KINDS]}
                value={entry.kind}
                onChange={(kind) => isActionKind(kind) && change(index, { kind, targetId: null })}
              />
              <ActionIcon
                size={36}
                aria-label={`Remove key ${entry.digit}`}
                onClick={() => onChange(entries.filter((_entry, at) => at !== index))}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </Group>
            {needsTarget(entry.kind) && (
              <Select
                aria-label={`Target of key ${entry.digit}`}
                placeholder="Choose a target"
                searchable
                nothingFoundMessage="Nothing by that name"
                data={targets[entry.kind]}
                value={entry.targetId}
                onChange={(targetId) => change(index, { targetId })}
              />
            )}
            {errors[`entries.${index}`] !== undefined && (
              <Text size="sm" c="var(--mantine-color-error)" role="alert">
                {errors[`entries.${index}`]}
              </Text>
            )}
          </Stack>
        ))}
        {entries.length === 0 && <Text c="dimmed">No keys yet: callers only hear the welcome.</Text>}
        {errors['entries'] !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {errors['entries']}
          </Text>
        )}
        <Button
          variant="light"
          leftSection={<IconPlus size={18} />}
          disabled={free.length === 0}
          onClick={() => onChange([...entries, { digit: free[0] ?? '0', kind: 'group', targetId: null }])}
        >
          Add a key
        </Button>
      </Stack>
    </Card>
  );
}
