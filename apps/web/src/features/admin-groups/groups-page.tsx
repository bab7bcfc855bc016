import type { RingGroup, User } from '@carillon/contracts';
import { ActionIcon, Anchor, Button, Group } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { useRingGroups, useUsers } from '../../api/queries.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { NEW, useListedDrawer } from '../../ui/use-drawer-address.js';
import { GroupDrawer } from './group-drawer.js';

/** Ring groups: one number that rings several people. */
export function GroupsPage() {
  const groups = useRingGroups();
  const users = useUsers().data ?? [];
  const drawer = useListedDrawer({
    ...{ list: '/admin/groups', rows: groups.data },
    keyOf: (group: RingGroup) => group.ringGroupId,
  });
  const remove = useAct({
    run: (group: RingGroup) => call('deleteRingGroup', { params: { ringGroupId: group.ringGroupId } }),
    stale: ['listRingGroups'],
    done: (_answer, group) => `${group.name} was deleted.`,
  });
  const columns: readonly Column<RingGroup>[] = [
    {
      header: 'Name',
      render: (group) => (
        <Anchor component={Link} {...drawer.linkTo(group.ringGroupId)} fw={600}>
          {group.name}
        </Anchor>
      ),
    },
    { header: 'Extension', render: (group) => <span className="tabular">{group.extension}</span> },
    { header: 'Rings for', render: (group) => `${group.ringSeconds} s` },
    { header: 'Members', render: (group) => membersText(group, users) },
    {
      header: '',
      align: 'right',
      render: (group) => (
        <Group gap={4} wrap="nowrap">
          <ActionIcon component={Link} {...drawer.linkTo(group.ringGroupId)} aria-label={`Edit ${group.name}`}>
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon
            aria-label={`Delete ${group.name}`}
            onClick={() =>
              confirm({
                title: `Delete ${group.name}?`,
                body: `Calls to ${group.extension} then reach nobody, and IVR keys that lead here stop working.`,
                verb: 'Delete',
                onConfirm: () => remove.mutate(group),
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
      Add ring group
    </Button>
  );
  return (
    <Page title="Ring groups" description="One number that rings several people at once." actions={add}>
      <Loaded query={groups} what="the ring groups">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconUsersGroup size={28} />}
              title="No ring groups yet"
              hint="Make one for a team, such as Sales on 1100: whoever answers first has the call."
              action={add}
            />
          ) : (
            <RecordTable label="Ring groups" columns={columns} rows={list} keyOf={(group) => group.ringGroupId} />
          )
        }
      </Loaded>
      <GroupDrawer group={drawer.subject} opened={drawer.opened} onClose={drawer.close} />
    </Page>
  );
}

function membersText(group: RingGroup, users: readonly User[]): string {
  const names = group.memberIds.map((id) => users.find((user) => user.userId === id)?.displayName ?? '…');
  if (names.length === 0) return 'Nobody yet';
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
