import { useParams } from 'react-router';
import { useRingGroups, useUsers } from '../../api/queries.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { MenuEditor } from './menu-editor.js';
import { useMenus } from './use-menus.js';

/** One IVR menu, or a new one. */
export function MenuPage() {
  const { ivrMenuId } = useParams();
  const menus = useMenus();
  const users = useUsers();
  const groups = useRingGroups();
  const menu = menus.data?.find((one) => one.ivrMenuId === ivrMenuId);
  const isNew = ivrMenuId === 'new';
  if (!isNew && menus.data !== undefined && menu === undefined) return <NotFoundPage />;
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
        {(directory) => <MenuEditor key={ivrMenuId} menu={menu ?? null} {...directory} />}
      </Loaded>
    </Page>
  );
}
