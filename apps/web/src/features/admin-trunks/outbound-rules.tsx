import { ActionIcon, Button, Group, Input, NumberInput, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { TrunkForm } from './trunk-form.js';

/** The first row has labels above its fields; its button is beside the fields. */
const LABEL_HEIGHT = 28;

/** Which numbers go out, and how they are dialled there. */
export function OutboundRules({ form }: { form: TrunkForm }) {
  return (
    <Stack gap="xs">
      <Input.Wrapper
        label="Numbers that go out"
        description="The first that fits counts. X is any digit, a dot at the end any further ones: 0. is every number that begins with 0. Then digits are taken off its front, and others put there."
      />
      {form.values.outbound.map((_rule, index) => (
        <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
          <TextInput
            flex={1}
            label={index === 0 ? 'Pattern' : undefined}
            aria-label={`Pattern ${index + 1}`}
            placeholder="0."
            {...form.getInputProps(`outbound.${index}.pattern`)}
          />
          <NumberInput
            flex={1}
            label={index === 0 ? 'Take off' : undefined}
            aria-label={`Take off, pattern ${index + 1}`}
            min={0}
            max={32}
            {...form.getInputProps(`outbound.${index}.strip`)}
          />
          <TextInput
            flex={1}
            label={index === 0 ? 'In front' : undefined}
            aria-label={`In front, pattern ${index + 1}`}
            placeholder="+49"
            {...form.getInputProps(`outbound.${index}.prepend`)}
          />
          <ActionIcon
            mt={index === 0 ? LABEL_HEIGHT : 4}
            aria-label={`Remove pattern ${index + 1}`}
            onClick={() => form.removeListItem('outbound', index)}
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
        onClick={() => form.insertListItem('outbound', { pattern: '', strip: 0, prepend: '' })}
      >
        Add pattern
      </Button>
    </Stack>
  );
}
