import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPhone, IconVideo } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { CopyGuestLink } from './copy-guest-link.js';

/** The count of participants is not told by events. */
const REFRESH_MS = 10_000;

/** The rooms one can meet in, with how to dial into them. */
export function MeetingsPage() {
  const me = useMe();
  const rooms = useQuery({
    queryKey: keyOf('rooms'),
    queryFn: ({ signal }) => call('rooms', { signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page title="Meetings" description="Join in the browser, or dial in from any phone.">
      <Loaded query={rooms} what="the rooms">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconVideo size={28} />}
              title="No meeting rooms yet"
              hint={
                me.role === 'admin' ? 'Make one, then send its guest link to anyone.' : 'An administrator can make one.'
              }
              action={
                me.role === 'admin' && (
                  <Button component={Link} to="/admin/rooms">
                    Make a room
                  </Button>
                )
              }
            />
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="lg">
              {list.map((room) => (
                <Card key={room.roomId} component="section" aria-label={room.name}>
                  <Stack h="100%" justify="space-between" gap="lg">
                    <div>
                      <Group justify="space-between" wrap="nowrap" mb="sm">
                        <Title order={2} lineClamp={2}>
                          {room.name}
                        </Title>
                        {room.participants > 0 && (
                          <Badge color="teal" style={{ flex: 'none' }}>
                            {room.participants} inside
                          </Badge>
                        )}
                      </Group>
                      {room.extension === null ? (
                        <Text size="sm" c="dimmed">
                          In the browser only
                        </Text>
                      ) : (
                        <Group gap={8} wrap="nowrap">
                          <IconPhone size={18} aria-hidden />
                          <Text>
                            Dial <b className="tabular">{room.extension}</b>
                            {room.pin !== null && (
                              <>
                                , PIN <b className="tabular">{room.pin}</b>
                              </>
                            )}
                          </Text>
                        </Group>
                      )}
                    </div>
                    <Group grow preventGrowOverflow={false} gap="sm">
                      <CopyGuestLink room={room} />
                      <Button
                        component={Link}
                        to={`/meet/${room.roomId}`}
                        leftSection={<IconVideo size={18} />}
                        aria-label={`Join ${room.name}`}
                      >
                        Join
                      </Button>
                    </Group>
                  </Stack>
                </Card>
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </Page>
  );
}
