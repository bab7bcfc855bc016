import { NavLink } from 'react-router';
import type { NavigationItem } from './navigation-items.js';
import classes from './shell.module.css';
import { useBadges } from './use-badges.js';

interface NavigationLinkProps {
  item: NavigationItem;
  kind: 'link' | 'tab';
  onClick?: () => void;
}

/** A link of the navigation, in the side bar or the bottom bar. */
export function NavigationLink({ item, kind, onClick }: NavigationLinkProps) {
  const badges = useBadges();
  const count = item.badge === undefined ? 0 : badges[item.badge];
  const Icon = item.icon;
  return (
    <NavLink to={item.to} end={item.exact ?? false} className={classes[kind] ?? ''} onClick={onClick}>
      <Icon size={kind === 'tab' ? 24 : 20} stroke={1.7} aria-hidden />
      <span className={classes['label']}>{item.label}</span>
      {count > 0 && (
        <span className={classes['count']} aria-label={`${count} ${item.badge === 'chat' ? 'unread' : 'new'}`}>
          {count > 99 ? '99+' : count}
        </span>
      )}
    </NavLink>
  );
}
