import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { TrunkForm } from './trunk-form.js';

/** The organisation's numbers at the provider, and where they lead. */
export function InboundNumbers({ form }: { form: TrunkForm }) {
  return (
    <Stack gap="xs">
      <Input.Wrapper label="Your numbers" description="Each with the extension that it leads to" />
      {form.values.inbound.map((_one, index) => (
        <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
          <TextInput
            flex={2}
            aria-label={`Number ${index + 1}`}
            placeholder="+4930123456"
            inputMode="tel"
            {...form.getInputProps(`inbound.${index}.number`)}
          />
          <TextInput
            flex={1}
            aria-label={`Extension of number ${index + 1}`}
            placeholder="1001"
            inputMode="numeric"
            {...form.getInputProps(`inbound.${index}.extension`)}
          />
          <ActionIcon
            mt={4}
            aria-label={`Remove number ${index + 1}`}
            onClick={() => form.removeListItem('inbound', index)}
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
        onClick={() => form.insertListItem('inbound', { number: '', extension: '' })}
      >
        Add number
      </Button>
    </Stack>
  );
}
