import { Alert, NumberInput, TextInput } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { EditableList } from '../../ui/editable-list.js';
import { forgetsEmergencyNumbers } from './emergency-numbers.js';
import type { TrunkForm } from './trunk-form.js';

/** Which numbers go out, and how they are dialled there. */
export function OutboundRules({ form }: { form: TrunkForm }) {
  return (
    <>
      <EditableList
        label="Numbers that go out"
        description="The first that fits counts. X is any digit, a dot at the end any further ones: 0. is every number that begins with 0. Then digits are taken off its front, and others put there."
        noun="pattern"
        labelled
        count={form.values.outbound.length}
        onAdd={() => form.insertListItem('outbound', { pattern: '', strip: 0, prepend: '' })}
        onRemove={(index) => form.removeListItem('outbound', index)}
        row={(index) => (
          <>
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
          </>
        )}
      />
      {forgetsEmergencyNumbers(form.values.outbound) && (
        <Alert color="orange" icon={<IconUrgent size={18} />} title="Emergency calls do not go out here">
          No pattern lets 112 or 911 through. Add the emergency numbers of your country, as they are dialled.
        </Alert>
      )}
    </>
  );
}
