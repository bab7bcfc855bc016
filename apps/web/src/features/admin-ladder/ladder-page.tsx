import { Button } from '@mantine/core';
import { IconStairs } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { call } from '../../api/api.js';
import { ApiFailure } from '../../api/api-failure.js';
import { keyOf } from '../../api/query-keys.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { LadderActions } from './ladder-actions.js';
import { LadderSheet } from './ladder-sheet.js';

const LIVE_REFRESH_MS = 2_000;

/** How one call went, message by message. */
export function LadderPage() {
  const { callId = '' } = useParams();
  const query = useQuery({
    queryKey: keyOf('ladder', callId),
    queryFn: ({ signal }) => call('ladder', { params: { callId }, signal }),
    refetchInterval: ({ state }) => (state.data?.ladder.live === true ? LIVE_REFRESH_MS : false),
    retry: false,
  });
  const isMissing = query.error instanceof ApiFailure && query.error.details.status === 404;
  if (isMissing && query.data === undefined) return <NoLadder />;
  return (
    <Page
      wide
      title="Ladder"
      description={query.data?.explanation.headline ?? 'What crossed the wire, and what was decided.'}
      actions={query.data !== undefined && <LadderActions {...query.data.ladder} />}
    >
      <Loaded query={query} what="this ladder">
        {(view) => <LadderSheet view={view} />}
      </Loaded>
    </Page>
  );
}

function NoLadder() {
  return (
    <Page title="Ladder">
      <EmptyState
        icon={<IconStairs size={28} />}
        title="Nothing is kept of this call"
        hint="It may be older than what is kept, or calls were not being kept when it took place."
        action={
          <Button component={Link} to="/admin/diagnostics">
            What is kept, and how long
          </Button>
        }
      />
    </Page>
  );
}
