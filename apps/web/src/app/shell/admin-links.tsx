import { useId } from 'react';
import { adminGroups, type NavigationGroup } from './navigation-items.js';
import { NavigationLink } from './navigation-link.js';
import classes from './shell.module.css';
import { useMe } from '../../api/queries.js';

/** The admin pages under their headings; nothing for those who are no admins. */
export function AdminLinks({ onNavigate }: { onNavigate?: () => void }) {
  return adminGroups(useMe().role).map((group) => <Links key={group.title} group={group} onNavigate={onNavigate} />);
}

function Links({ group, onNavigate }: { group: NavigationGroup; onNavigate: (() => void) | undefined }) {
  const id = useId();
  return (
    <>
      <p className={classes['section']} id={id}>
        {group.title}
      </p>
      <ul aria-labelledby={id}>
        {group.items.map((item) => (
          <li key={item.to}>
            <NavigationLink item={item} kind="link" {...(onNavigate && { onClick: onNavigate })} />
          </li>
        ))}
      </ul>
    </>
  );
}
