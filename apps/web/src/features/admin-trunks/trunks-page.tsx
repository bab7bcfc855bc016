import type { Trunk } from '@carillon/contracts';
import { ActionIcon, Anchor, Button, Group } from '@mantine/core';
import { IconArrowsLeftRight, IconPencil, IconPlugConnected, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { NEW, useListedDrawer } from '../../ui/use-drawer-address.js';
import { TrunkDrawer } from './trunk-drawer.js';
import { TrunkLamp } from './trunk-lamp.js';
import { probeWords } from './trunk-words.js';

/** Providers notice and lose registrations by themselves: nothing tells us, so we look. */
const REFRESH_MS = 10_000;

/** Trunks: lines to providers and other phone systems, with how they are doing. */
export function TrunksPage() {
  const trunks = useQuery({
    queryKey: keyOf('listTrunks'),
    queryFn: ({ signal }) => call('listTrunks', { signal }),
    refetchInterval: REFRESH_MS,
  });
  const drawer = useListedDrawer({
    ...{ list: '/admin/trunks', rows: trunks.data },
    keyOf: ({ trunkId }: Trunk) => trunkId,
  });
  const remove = useAct({
    run: (trunk: Trunk) => call('deleteTrunk', { params: { trunkId: trunk.trunkId } }),
    stale: ['listTrunks'],
    done: (_answer, trunk) => `${trunk.name} was deleted.`,
  });
  const test = useAct({
    run: (trunk: Trunk) => call('testTrunk', { params: { trunkId: trunk.trunkId } }),
    stale: ['listTrunks'],
    done: (probe, trunk) => probeWords(trunk.name, probe),
  });
  const columns: readonly Column<Trunk>[] = [
    {
      header: 'Name',
      render: ({ trunkId, name }) => (
        <Anchor component={Link} {...drawer.linkTo(trunkId)} fw={600}>
          {name}
        </Anchor>
      ),
    },
    { header: 'State', render: (trunk) => <TrunkLamp trunk={trunk} /> },
    { header: 'Other side', render: ({ host, port }) => (port === null ? host : `${host}:${port}`) },
    {
      header: 'Calls',
      whole: true,
      render: ({ state, maxCalls }) => (
        <span className="tabular">
          {state?.calls ?? 0} of {maxCalls}
        </span>
      ),
    },
    {
      header: '',
      align: 'right',
      render: (trunk) => (
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            aria-label={`Test ${trunk.name}`}
            disabled={!trunk.enabled}
            loading={test.isPending && test.variables.trunkId === trunk.trunkId}
            onClick={() => test.mutate(trunk)}
          >
            <IconPlugConnected size={18} />
          </ActionIcon>
          <ActionIcon component={Link} {...drawer.linkTo(trunk.trunkId)} aria-label={`Edit ${trunk.name}`}>
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon
            aria-label={`Delete ${trunk.name}`}
            onClick={() =>
              confirm({
                title: `Delete ${trunk.name}?`,
                body: 'Calls no longer go out or come in over it. Calls that are going on are not ended.',
                verb: 'Delete',
                onConfirm: () => remove.mutate(trunk),
              })
            }
          >
            <IconTrash size={18} />
          </ActionIcon>
        </Group>
      ),
    },
  ];
  const add = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => drawer.open(NEW)}>
      Add trunk
    </Button>
  );
  return (
    <Page title="Trunks" description="Lines to your provider, or to another phone system." actions={add}>
      <Loaded query={trunks} what="the trunks">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconArrowsLeftRight size={28} />}
              title="No trunks yet"
              hint="Add the line of your provider to call numbers outside, and to be called from there."
              action={add}
            />
          ) : (
            <RecordTable label="Trunks" columns={columns} rows={list} keyOf={({ trunkId }) => trunkId} />
          )
        }
      </Loaded>
      <TrunkDrawer trunk={drawer.subject} opened={drawer.opened} onClose={drawer.close} />
    </Page>
  );
}
