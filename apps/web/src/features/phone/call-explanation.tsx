import type { CallRecord } from '@carillon/contracts';
import { List, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { Loaded } from '../../ui/loaded.js';

/** What happened on one of the user's own calls, in plain words. */
export function CallExplanation({ record, onClose }: { record: CallRecord; onClose: () => void }) {
  const { callId } = record;
  const query = useQuery({
    queryKey: keyOf('callExplanation', callId),
    queryFn: ({ signal }) => call('callExplanation', { params: { callId }, signal }),
  });
  return (
    <Modal opened onClose={onClose} title="What happened">
      <Loaded query={query} what="this call">
        {({ headline, steps }) => (
          <Stack gap="sm">
            <Text fw={600}>{headline}</Text>
            <List type="ordered" spacing={4}>
              {steps.map((step, index) => (
                <List.Item key={index}>{step}</List.Item>
              ))}
            </List>
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
