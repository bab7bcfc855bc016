import { ActionIcon, Button, Group, Input, Stack } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Beside a field, and beside one that has its label above. */
const BUTTON_OFFSET = { plain: 4, labelled: 28 } as const;

interface EditableListProps {
  label: string;
  description: string;
  /** How many rows there are. */
  count: number;
  /** What one row is, in words: "number". */
  noun: string;
  /** The fields of the first row have labels above them. */
  labelled?: boolean;
  row: (index: number) => ReactNode;
  onAdd: () => void;
  onRemove: (index: number) => void;
}

/** Rows of fields that can be added and taken away. */
export function EditableList({
  label,
  description,
  count,
  noun,
  labelled = false,
  row,
  onAdd,
  onRemove,
}: EditableListProps) {
  return (
    <Stack gap="xs">
      <Input.Wrapper label={label} description={description} />
      {Array.from({ length: count }, (_unused, index) => (
        <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
          {row(index)}
          <ActionIcon
            mt={labelled && index === 0 ? BUTTON_OFFSET.labelled : BUTTON_OFFSET.plain}
            aria-label={`Remove ${noun} ${index + 1}`}
            onClick={() => onRemove(index)}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={16} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={onAdd}
      >
        Add {noun}
      </Button>
    </Stack>
  );
}
