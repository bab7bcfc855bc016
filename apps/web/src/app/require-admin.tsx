import { roleCovers } from '@carillon/domain';
import { Outlet } from 'react-router';
import { useMe } from '../api/queries.js';
import { NotFoundPage } from './not-found-page.js';

/** Admin pages do not exist for staff. (The server refuses them in any case.) */
export function RequireAdmin() {
  return roleCovers(useMe().role, 'admin') ? <Outlet /> : <NotFoundPage />;
}
