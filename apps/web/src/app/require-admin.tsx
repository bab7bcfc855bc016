import { roleCovers } from '@carillon/domain';
import { Outlet } from 'react-router';
import { useMe } from '../api/queries.js';
import { AdminsOnlyPage } from './admins-only-page.js';

/** Staff may have been sent an address of the portal: they are told why they see nothing. (The server refuses them in any case.) */
export function RequireAdmin() {
  return roleCovers(useMe().role, 'admin') ? <Outlet /> : <AdminsOnlyPage />;
}
