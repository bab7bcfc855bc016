import { Text } from '@mantine/core';
import { Link } from 'react-router';
import { useMe } from '../../api/queries.js';
import { LogoMark } from '../logo.js';
import { AdminLinks } from './admin-links.js';
import { staffItems } from './navigation-items.js';
import { NavigationLink } from './navigation-link.js';
import classes from './shell.module.css';
import { UserMenu } from './user-menu.js';

/** The side bar of wide screens. */
export function SideNavigation() {
  const me = useMe();
  return (
    <aside aria-label="Side bar" className={classes['side']}>
      <Link to="/" className={classes['brand']} title="Start page">
        <LogoMark size={32} />
        <div style={{ minWidth: 0 }}>
          <Text fw={700} lh={1.2}>
            Carillon
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {me.organisationName}
          </Text>
        </div>
      </Link>
      <nav className={classes['links']} aria-label="Main">
        <ul>
          {staffItems.map((item) => (
            <li key={item.to}>
              <NavigationLink item={item} kind="link" />
            </li>
          ))}
        </ul>
        <AdminLinks />
      </nav>
      <div className={classes['foot']}>
        <UserMenu />
      </div>
    </aside>
  );
}
