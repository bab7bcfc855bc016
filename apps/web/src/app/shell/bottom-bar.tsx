import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { useMe } from '../../api/queries.js';
import { AdminLinks } from './admin-links.js';
import { staffItems } from './navigation-items.js';
import { NavigationLink } from './navigation-link.js';
import classes from './shell.module.css';
import { UserMenu } from './user-menu.js';

/** The bar at the bottom of phone-sized screens; what does not fit is behind "More". */
export function BottomBar() {
  const [open, { open: show, close }] = useDisclosure(false);
  const isAdmin = useMe().role === 'admin';
  return (
    <>
      <nav className={classes['bar']} aria-label="Main">
        <ul>
          {staffItems.map((item) => (
            <li key={item.to}>
              <NavigationLink item={item} kind="tab" />
            </li>
          ))}
          <li>
            <button type="button" className={classes['tab']} onClick={show} aria-haspopup="dialog" aria-expanded={open}>
              <IconMenu2 size={24} stroke={1.7} aria-hidden />
              More
            </button>
          </li>
        </ul>
      </nav>
      <Drawer opened={open} onClose={close} position="bottom" size="auto" title="More" radius="lg">
        {isAdmin && (
          <nav className={classes['links']} aria-label="Administration">
            <AdminLinks onNavigate={close} />
          </nav>
        )}
        <UserMenu onNavigate={close} />
      </Drawer>
    </>
  );
}
