import { Button, Group, TextInput } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useState } from 'react';
import { usePlaceCall } from './use-place-call.js';

/** A number to call. */
export function Dialler() {
  const [number, setNumber] = useState('');
  const place = usePlaceCall();
  const dialled = number.replace(/[\s()./-]/g, '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (dialled === '') return;
        place.mutate(dialled, { onSuccess: (placed) => placed && setNumber('') });
      }}
    >
      <Group gap="sm" wrap="nowrap" align="flex-end">
        <TextInput
          label="Number to call"
          placeholder="Extension or number"
          inputMode="tel"
          autoComplete="off"
          size="md"
          maxLength={64}
          style={{ flex: 1 }}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="md"
          leftSection={<IconPhone size={18} />}
          disabled={dialled === ''}
          loading={place.isPending}
        >
          Call
        </Button>
      </Group>
    </form>
  );
}
