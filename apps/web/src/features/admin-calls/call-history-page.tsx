import type { CallOutcome, CallRecord } from '@carillon/contracts';
import { Anchor, Button, Group, Select, TextInput } from '@mantine/core';
import { IconHistory, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, type LinkProps } from 'react-router';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { CALL_OUTCOMES, OutcomeBadge } from '../../ui/call-words.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatDateTime, formatDuration } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { NoMatch } from '../../ui/no-match.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAddressFilter } from '../../ui/use-address-filter.js';
import { useShownDrawer } from '../../ui/use-drawer-address.js';
import { SEARCH_LIMIT, useSearchText } from '../../ui/use-search-text.js';
import { CallDetail } from './call-detail.js';
import { PartyCell } from './party-cell.js';

const isOutcome = (value: string | null): value is CallOutcome => CALL_OUTCOMES.some((one) => one.value === value);

/** Every call of the organisation that is over, with filters; each can be opened to see its legs. */
export function CallHistoryPage() {
  const { parameters, set } = useAddressFilter();
  const drawer = useShownDrawer('/admin/history');
  const outcome = parameters.get('outcome');
  const from = parameters.get('from') ?? '';
  const to = parameters.get('to') ?? '';
  const { searched, field } = useSearchText();
  const navigate = useNavigate();
  const showAll = () => {
    field.ref.current?.focus();
    void navigate({ search: '' }, { replace: true });
  };
  const filter = {
    ...(isOutcome(outcome) && { outcome }),
    ...(searched !== '' && { search: searched }),
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
  };
  const filtered = Object.keys(filter).length > 0;
  const calls = useInfiniteQuery({
    queryKey: keyOf('allCalls', filter),
    queryFn: ({ pageParam, signal }) =>
      call('allCalls', { query: { ...filter, ...(pageParam !== null && { cursor: pageParam }) }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <Page title="Call history">
      <Group mb="md" gap="sm" align="flex-end">
        <TextInput
          type="search"
          label="Number or name"
          leftSection={<IconSearch size={16} />}
          flex="1 1 11rem"
          maw={320}
          maxLength={SEARCH_LIMIT}
          {...field}
          onChange={(event) => field.onChange(event.currentTarget.value)}
        />
        <Select
          label="Outcome"
          placeholder="All"
          clearable
          w={160}
          data={CALL_OUTCOMES}
          value={isOutcome(outcome) ? outcome : null}
          onChange={(value) => set('outcome', value)}
        />
        <TextInput
          label="From day"
          type="date"
          value={from}
          onChange={(event) => set('from', event.currentTarget.value)}
        />
        <TextInput label="To day" type="date" value={to} onChange={(event) => set('to', event.currentTarget.value)} />
      </Group>
      <Loaded query={calls} what="the call history">
        {({ pages }) => {
          const list = pages.flatMap((page) => page.calls);
          if (list.length > 0) {
            return (
              <RecordTable
                label="Call history"
                columns={columns(drawer.linkTo)}
                rows={list}
                keyOf={(record) => record.callId}
                testIdOf={(record) => `call-${record.callId}`}
              />
            );
          }
          return filtered ? (
            <NoMatch onShowAll={showAll}>No call fits these filters.</NoMatch>
          ) : (
            <EmptyState
              icon={<IconHistory size={28} />}
              title="No calls yet"
              hint="Once a call is over it is listed here, with how it went."
            />
          );
        }}
      </Loaded>
      {calls.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => void calls.fetchNextPage()} loading={calls.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
      <CallDetail callId={drawer.id} opened={drawer.opened} onClose={drawer.close} />
    </Page>
  );
}

const columns = (linkTo: (callId: string) => Pick<LinkProps, 'to' | 'state'>): readonly Column<CallRecord>[] => [
  {
    header: 'When',
    whole: true,
    render: (record) => (
      <Anchor component={Link} {...linkTo(record.callId)} size="sm" className="tabular">
        {formatDateTime(record.startedAt)}
      </Anchor>
    ),
  },
  { header: 'From', render: (record) => <PartyCell party={record.from} /> },
  { header: 'To', render: (record) => <PartyCell party={record.to} kind={record.to.kind} /> },
  { header: 'Outcome', whole: true, render: (record) => <OutcomeBadge outcome={record.outcome} /> },
  {
    header: 'Duration',
    whole: true,
    align: 'right',
    render: (record) => <span className="tabular">{formatDuration(record.durationSeconds)}</span>,
  },
];
