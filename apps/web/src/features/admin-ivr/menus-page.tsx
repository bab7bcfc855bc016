import type { IvrMenu } from '@carillon/contracts';
import { ActionIcon, Anchor, Button, Group, Text } from '@mantine/core';
import { IconHierarchy2, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { Link } from 'react-router';
import { call } from '../../api/api.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { useMenus } from './use-menus.js';

/** IVR menus: a voice that greets callers and lets them choose by keys. */
export function MenusPage() {
  const menus = useMenus();
  const remove = useAct({
    run: (menu: IvrMenu) => call('deleteIvrMenu', { params: { ivrMenuId: menu.ivrMenuId } }),
    stale: ['listIvrMenus'],
    done: (_answer, menu) => `${menu.name} was deleted.`,
  });
  const columns: readonly Column<IvrMenu>[] = [
    {
      header: 'Name',
      render: (menu) => (
        <Anchor component={Link} to={`/admin/menus/${menu.ivrMenuId}`} fw={600}>
          {menu.name}
        </Anchor>
      ),
    },
    { header: 'Extension', render: (menu) => <span className="tabular">{menu.extension}</span> },
    { header: 'Keys', render: (menu) => menu.entries.map((entry) => entry.digit).join(' ') || 'None yet' },
    {
      header: 'Welcome',
      render: (menu) => (
        <Text size="sm" c="dimmed" lineClamp={2} maw={420}>
          {menu.welcomeText}
        </Text>
      ),
    },
    {
      header: '',
      align: 'right',
      render: (menu) => (
        <Group gap={4} wrap="nowrap">
          <ActionIcon component={Link} to={`/admin/menus/${menu.ivrMenuId}`} aria-label={`Edit ${menu.name}`}>
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon
            aria-label={`Delete ${menu.name}`}
            onClick={() =>
              confirm({
                title: `Delete ${menu.name}?`,
                body: `Calls to ${menu.extension} then lead nowhere.`,
                verb: 'Delete',
                onConfirm: () => remove.mutate(menu),
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
    <Button component={Link} to="/admin/menus/new" leftSection={<IconPlus size={18} />}>
      Add IVR menu
    </Button>
  );
  return (
    <Page title="IVR menus" description="A voice greets callers, and their keys lead them on." actions={add}>
      <Loaded query={menus} what="the IVR menus">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconHierarchy2 size={28} />}
              title="No IVR menus yet"
              hint="Write what callers hear, and say what each key does."
              action={add}
            />
          ) : (
            <RecordTable label="IVR menus" columns={columns} rows={list} keyOf={(menu) => menu.ivrMenuId} />
          )
        }
      </Loaded>
    </Page>
  );
}
