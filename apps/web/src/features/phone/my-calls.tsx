import { Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { CallRow } from './call-row.js';
import classes from './phone.module.css';

type Filter = 'all' | 'missed';

/** The user's own calls, the latest first. */
export function MyCalls() {
  const [filter, setFilter] = useState<Filter>('all');
  const calls = useInfiniteQuery({
    queryKey: keyOf('myCalls', filter),
    queryFn: ({ pageParam, signal }) =>
      call('myCalls', {
        query: {
          limit: 30,
          ...(pageParam !== null && { cursor: pageParam }),
          ...(filter === 'missed' && { outcome: 'missed' }),
        },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <section aria-labelledby="recent-calls">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="recent-calls">
          Recent calls
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="Which calls"
          data={[
            { value: 'all', label: 'All' },
            { value: 'missed', label: 'Missed' },
          ]}
          value={filter}
          onChange={(value) => setFilter(value === 'missed' ? 'missed' : 'all')}
        />
      </Group>
      <div className={classes['panel']}>
        <Loaded query={calls} what="your calls">
          {({ pages }) => {
            const list = pages.flatMap((page) => page.calls);
            if (list.length === 0) {
              return filter === 'missed' ? (
                <Text c="dimmed" ta="center" py="xl">
                  You missed no call.
                </Text>
              ) : (
                <EmptyState
                  icon={<IconPhone size={28} />}
                  title="No calls yet"
                  hint="Call a colleague from the directory, or dial *43 on your phone to hear yourself."
                />
              );
            }
            return (
              <ul className={classes['rows']} aria-label="Recent calls">
                {list.map((record) => (
                  <CallRow key={record.callId} record={record} />
                ))}
              </ul>
            );
          }}
        </Loaded>
      </div>
      {calls.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            size="xs"
            onClick={() => void calls.fetchNextPage()}
            loading={calls.isFetchingNextPage}
          >
            Show more
          </Button>
        </Group>
      )}
    </section>
  );
}
