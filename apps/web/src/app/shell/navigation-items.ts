import type { Role } from '@carillon/domain';
import {
  IconAddressBook,
  IconArrowsLeftRight,
  IconDeviceLandlinePhone,
  IconHierarchy2,
  IconHistory,
  IconLayoutDashboard,
  IconListSearch,
  IconMessageCircle,
  IconPhone,
  IconPhoneCall,
  IconDoor,
  IconShieldLock,
  IconUsersGroup,
  IconStethoscope,
  IconVideo,
  IconRecordMail,
  IconRouteAltLeft,
  type TablerIcon,
} from '@tabler/icons-react';

export interface NavigationItem {
  readonly to: string;
  readonly label: string;
  readonly icon: TablerIcon;
  /** Second key of the shortcut that starts with `g`. */
  readonly key?: string;
  readonly badge?: 'chat' | 'voicemail';
  /** Only this very address is it, not what lies below. */
  readonly exact?: boolean;
}

export const staffItems: readonly NavigationItem[] = [
  { to: '/phone', label: 'Phone', icon: IconPhone, key: 'p' },
  { to: '/chat', label: 'Chat', icon: IconMessageCircle, key: 'c', badge: 'chat' },
  { to: '/voicemail', label: 'Voicemail', icon: IconRecordMail, key: 'v', badge: 'voicemail' },
  { to: '/meetings', label: 'Meetings', icon: IconVideo, key: 'm' },
];

export interface NavigationGroup {
  readonly title: string;
  readonly items: readonly NavigationItem[];
}

const administration: readonly NavigationGroup[] = [
  {
    title: 'Administration',
    items: [
      { to: '/admin', label: 'Overview', icon: IconLayoutDashboard, key: 'o', exact: true },
      { to: '/admin/users', label: 'Users', icon: IconAddressBook, key: 'u' },
      { to: '/admin/groups', label: 'Ring groups', icon: IconUsersGroup, key: 'r' },
      { to: '/admin/menus', label: 'IVR menus', icon: IconHierarchy2, key: 'i' },
      { to: '/admin/rooms', label: 'Rooms', icon: IconDoor },
      { to: '/admin/trunks', label: 'Trunks', icon: IconArrowsLeftRight, key: 't' },
    ],
  },
  {
    title: 'Activity',
    items: [
      { to: '/admin/calls', label: 'Live calls', icon: IconPhoneCall, key: 'l' },
      { to: '/admin/history', label: 'Call history', icon: IconHistory, key: 'h' },
      { to: '/admin/registrations', label: 'Registrations', icon: IconDeviceLandlinePhone },
      { to: '/admin/audit', label: 'Audit log', icon: IconListSearch },
    ],
  },
  {
    title: 'System',
    items: [
      { to: '/admin/sip', label: 'SIP', icon: IconRouteAltLeft },
      { to: '/admin/diagnostics', label: 'Diagnostics', icon: IconStethoscope },
      { to: '/admin/security', label: 'Security', icon: IconShieldLock },
    ],
  },
];

/** What admins have besides, in groups that can be scanned; nothing for the others. */
export const adminGroups = (role: Role): readonly NavigationGroup[] => (role === 'admin' ? administration : []);
