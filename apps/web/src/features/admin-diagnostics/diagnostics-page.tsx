import { useQuery } from '@tanstack/react-query';
import { Stack } from '@mantine/core';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { DiagnosticsForm } from './diagnostics-form.js';
import { RefusedList } from './refused-list.js';

/** What is kept of calls, where copies of messages go, and which calls never became one. */
export function DiagnosticsPage() {
  const query = useQuery({ queryKey: keyOf('diagnostics'), queryFn: ({ signal }) => call('diagnostics', { signal }) });
  return (
    <Page title="Diagnostics" description="How every call can be explained afterwards.">
      <Stack gap="lg">
        <Loaded query={query} what="these settings">
          {(diagnostics) => <DiagnosticsForm diagnostics={diagnostics} />}
        </Loaded>
        <RefusedList />
      </Stack>
    </Page>
  );
}
