import { ActionIcon, Group, Input, Select, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useUsers } from '../../api/queries.js';
import { PersonAvatar } from '../../ui/person-avatar.js';
import { moveItem } from './move-item.js';

interface MemberPickerProps {
  value: readonly string[];
  onChange: (memberIds: string[]) => void;
  error?: ReactNode;
}

/** An ordered list of users, moved by buttons so that it works by keyboard and touch alike. */
export function MemberPicker({ value, onChange, error }: MemberPickerProps) {
  const users = useUsers().data ?? [];
  const others = users
    .filter((user) => !value.includes(user.userId))
    .map((user) => ({
      value: user.userId as string,
      label: user.extension === null ? user.displayName : `${user.displayName} (${user.extension})`,
    }));
  return (
    <Stack gap="xs">
      <Select
        label="Members"
        description="In the order in which they are shown; all ring at once."
        placeholder="Add a person"
        searchable
        nothingFoundMessage="Nobody left by that name"
        data={others}
        value={null}
        error={error}
        onChange={(userId) => userId !== null && onChange([...value, userId])}
      />
      <Stack component="ol" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label="Members">
        {value.map((userId, index) => {
          const name = users.find((user) => user.userId === userId)?.displayName ?? 'Someone who was deleted';
          return (
            <Group key={userId} component="li" justify="space-between" wrap="nowrap" py={4}>
              <Group gap="sm" wrap="nowrap" miw={0}>
                <Text size="sm" c="dimmed" className="tabular" w={16}>
                  {index + 1}
                </Text>
                <PersonAvatar name={name} size={30} />
                <Text truncate>{name}</Text>
              </Group>
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  aria-label={`Move ${name} up`}
                  disabled={index === 0}
                  onClick={() => onChange(moveItem(value, index, index - 1))}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Move ${name} down`}
                  disabled={index === value.length - 1}
                  onClick={() => onChange(moveItem(value, index, index + 1))}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Remove ${name}`}
                  onClick={() => onChange(value.filter((one) => one !== userId))}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Group>
            </Group>
          );
        })}
      </Stack>
      {value.length === 0 && <Input.Description>Nobody yet: calls to this group reach no one.</Input.Description>}
    </Stack>
  );
}
