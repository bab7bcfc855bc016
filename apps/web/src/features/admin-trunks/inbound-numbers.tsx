import { TextInput } from '@mantine/core';
import { EditableList } from '../../ui/editable-list.js';
import type { TrunkForm } from './trunk-form.js';

/** The organisation's numbers at the provider, and where they lead. */
export function InboundNumbers({ form }: { form: TrunkForm }) {
  return (
    <EditableList
      label="Your numbers"
      description="Each with the extension that it leads to"
      noun="number"
      count={form.values.inbound.length}
      onAdd={() => form.insertListItem('inbound', { number: '', extension: '' })}
      onRemove={(index) => form.removeListItem('inbound', index)}
      row={(index) => (
        <>
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
        </>
      )}
    />
  );
}
