import type { SessionInfo } from '@carillon/contracts';
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { formatDateTime } from '../../ui/format-time.js';
import { Loaded, SkeletonRows } from '../../ui/loaded.js';
import { useAct } from '../../ui/use-act.js';
import { browserName } from './browser-name.js';

/** The user's sessions, each of which can be ended. */
export function SessionList() {
  const sessions = useQuery({ queryKey: keyOf('sessions'), queryFn: ({ signal }) => call('sessions', { signal }) });
  const revoke = useAct({
    run: (session: SessionInfo) => call('revokeSession', { params: { sessionId: session.sessionId } }),
    stale: ['sessions'],
    done: 'That session is logged out.',
  });
  return (
    <Loaded query={sessions} what="your sessions" skeleton={<SkeletonRows rows={2} />}>
      {(list) => (
        <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          {list.map((session) => (
            <Group key={session.sessionId} component="li" justify="space-between" wrap="nowrap" align="flex-start">
              <div>
                <Group gap="xs">
                  <Text fw={600}>{browserName(session.userAgent)}</Text>
                  {session.current && <Badge color="teal">This one</Badge>}
                </Group>
                <Text size="sm" c="dimmed">
                  {session.address} · last seen {formatDateTime(session.lastSeenAt)}
                </Text>
              </div>
              {!session.current && (
                <Button
                  size="xs"
                  variant="default"
                  onClick={() =>
                    confirm({
                      title: 'Log this session out?',
                      body: `${browserName(session.userAgent)} at ${session.address} has to log in again.`,
                      verb: 'Log out',
                      onConfirm: () => revoke.mutate(session),
                    })
                  }
                >
                  Log out
                </Button>
              )}
            </Group>
          ))}
        </Stack>
      )}
    </Loaded>
  );
}
