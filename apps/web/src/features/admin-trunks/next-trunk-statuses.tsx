import { DEFAULT_NEXT_TRUNK_STATUSES } from '@carillon/contracts';
import { Anchor, TagsInput, Text } from '@mantine/core';
import type { TrunkForm } from './trunk-form.js';

/** Which refusals of a trunk lead to the next one. */
export function NextTrunkStatuses({ form }: { form: TrunkForm }) {
  const { nextTrunkStatuses: chosen } = form.values;
  const isUsual = [...chosen].sort().join() === [...DEFAULT_NEXT_TRUNK_STATUSES].sort().join();
  const wrong = Object.keys(form.errors).find((path) => path.startsWith('nextTrunkStatuses'));
  return (
    <div>
      <TagsInput
        label="Answers that lead to the next trunk"
        description="SIP statuses: 503, or 5xx for all of them. Other refusals, such as 486 busy or 404 unknown number, go back to the caller. No answer at all always leads on."
        placeholder={chosen.length === 0 ? 'None' : ''}
        maxTags={64}
        splitChars={[',', ' ']}
        {...form.getInputProps('nextTrunkStatuses')}
        error={wrong === undefined ? undefined : form.errors[wrong]}
      />
      {!isUsual && (
        <Text size="xs" mt={4}>
          <Anchor
            component="button"
            type="button"
            size="xs"
            onClick={() => form.setFieldValue('nextTrunkStatuses', [...DEFAULT_NEXT_TRUNK_STATUSES])}
          >
            Back to the usual ones
          </Anchor>
        </Text>
      )}
    </div>
  );
}
