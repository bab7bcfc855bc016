import { ActionIcon, Box, Group, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { CopyButton } from './copy-button.js';

interface CopyFieldProps {
  label: string;
  value: string;
  testId?: string;
}

/** A value to be copied elsewhere, with its button. */
export function CopyField({ label, value, testId }: CopyFieldProps) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm" py={6}>
      <Box miw={0}>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Text ff="monospace" size="sm" data-testid={testId} style={{ userSelect: 'all', overflowWrap: 'anywhere' }}>
          {value}
        </Text>
      </Box>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : `Copy ${label.toLowerCase()}`}>
            <ActionIcon
              onClick={copy}
              aria-label={copied ? `${label} copied` : `Copy ${label.toLowerCase()}`}
              {...(copied && { color: 'teal' })}
            >
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
