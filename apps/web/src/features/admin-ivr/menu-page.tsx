import type { IvrMenu } from '@carillon/contracts';
import { Alert, Stack } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useRingGroups, useUsers } from '../../api/queries.js';
import { Loaded } from '../../ui/loaded.js';
import { MissingRecord } from '../../ui/missing-record.js';
import { Page } from '../../ui/page.js';
import { MenuEditor } from './menu-editor.js';
import { useMenus } from './use-menus.js';

/** One IVR menu, or a new one. */
export function MenuPage() {
  const { ivrMenuId = '' } = useParams();
  return <ShownMenu key={ivrMenuId} ivrMenuId={ivrMenuId} />;
}

function ShownMenu({ ivrMenuId }: { ivrMenuId: string }) {
  const menus = useMenus();
  const users = useUsers();
  const groups = useRingGroups();
  const stored = menus.data?.find((one) => one.ivrMenuId === ivrMenuId);
  // As it was when somebody deleted it while it is edited here.
  const [last, setLast] = useState<IvrMenu>();
  if (stored !== undefined && stored !== last) setLast(stored);
  const menu = stored ?? last;
  const isNew = ivrMenuId === 'new';
  if (!isNew && menus.data !== undefined && menu === undefined)
    return (
      <Page title="IVR menu">
        <MissingRecord what="IVR menu" way="/admin/menus" />
      </Page>
    );
  const isDeleted = menus.data !== undefined && menu !== undefined && stored === undefined;
  const failed = [menus, users, groups].find((query) => query.error !== null) ?? menus;
  const ready = menus.data !== undefined && users.data !== undefined && groups.data !== undefined;
  return (
    <Page title={isNew ? 'New IVR menu' : (menu?.name ?? 'IVR menu')}>
      <Loaded
        query={{
          data: ready ? { users: users.data, groups: groups.data } : undefined,
          error: failed.error,
          refetch: failed.refetch,
        }}
        what="this menu"
      >
        {(directory) => (
          <Stack>
            {isDeleted && (
              <Alert color="yellow" title="This menu was deleted meanwhile">
                It cannot be saved any more. What you have entered stays here until you leave the page.
              </Alert>
            )}
            <MenuEditor menu={menu ?? null} {...directory} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
