import type { ComponentType } from 'react';
import { createBrowserRouter, Navigate } from 'react-router';
import { NotFoundPage } from './not-found-page.js';
import { RouteFailurePage } from './route-failure-page.js';
import { Splash } from './splash.js';

/** A page in a file of its own, fetched when it is first visited. */
function page<Module, Name extends keyof Module>(load: () => Promise<Module>, name: Name) {
  return { lazy: async () => ({ Component: (await load())[name] as ComponentType }) };
}

const adminPages = [
  { index: true, ...page(() => import('../features/overview/overview-page.js'), 'OverviewPage') },
  { path: 'users', ...page(() => import('../features/admin-users/users-page.js'), 'UsersPage') },
  { path: 'users/:userId', ...page(() => import('../features/admin-users/user-page.js'), 'UserPage') },
  { path: 'groups/:recordId?', ...page(() => import('../features/admin-groups/groups-page.js'), 'GroupsPage') },
  { path: 'menus', ...page(() => import('../features/admin-ivr/menus-page.js'), 'MenusPage') },
  { path: 'menus/:ivrMenuId', ...page(() => import('../features/admin-ivr/menu-page.js'), 'MenuPage') },
  { path: 'rooms/:recordId?', ...page(() => import('../features/admin-rooms/rooms-page.js'), 'RoomsPage') },
  { path: 'trunks/:recordId?', ...page(() => import('../features/admin-trunks/trunks-page.js'), 'TrunksPage') },
  { path: 'calls', ...page(() => import('../features/admin-calls/live-calls-page.js'), 'LiveCallsPage') },
  {
    path: 'history/:recordId?',
    ...page(() => import('../features/admin-calls/call-history-page.js'), 'CallHistoryPage'),
  },
  {
    path: 'registrations',
    ...page(() => import('../features/admin-calls/registrations-page.js'), 'RegistrationsPage'),
  },
  { path: 'sip', ...page(() => import('../features/admin-sip/sip-page.js'), 'SipPage') },
  { path: 'ladders/:callId', ...page(() => import('../features/admin-ladder/ladder-page.js'), 'LadderPage') },
  {
    path: 'diagnostics',
    ...page(() => import('../features/admin-diagnostics/diagnostics-page.js'), 'DiagnosticsPage'),
  },
  { path: 'security', ...page(() => import('../features/admin-security/security-page.js'), 'SecurityPage') },
  { path: 'audit', ...page(() => import('../features/admin-audit/audit-page.js'), 'AuditPage') },
];

export function createRouter() {
  return createBrowserRouter([
    {
      errorElement: <RouteFailurePage />,
      hydrateFallbackElement: <Splash />,
      children: [
        { path: '/login', ...page(() => import('../features/session/login-page.js'), 'LoginPage') },
        { path: '/guest/:guestToken', ...page(() => import('../features/guest/guest-page.js'), 'GuestPage') },
        {
          ...page(() => import('./require-session.js'), 'RequireSession'),
          children: [
            { path: '/meet/:roomId', ...page(() => import('../features/meeting/meeting-page.js'), 'MeetingPage') },
            {
              path: '/',
              ...page(() => import('./shell/shell.js'), 'Shell'),
              children: [
                { index: true, element: <Navigate to="/phone" replace /> },
                {
                  errorElement: <RouteFailurePage inShell />,
                  children: [
                    { path: 'phone', ...page(() => import('../features/phone/phone-page.js'), 'PhonePage') },
                    { path: 'chat', ...page(() => import('../features/chat/chat-page.js'), 'ChatPage') },
                    {
                      path: 'chat/:conversationId',
                      ...page(() => import('../features/chat/chat-page.js'), 'ChatPage'),
                    },
                    {
                      path: 'voicemail',
                      ...page(() => import('../features/voicemail/voicemail-page.js'), 'VoicemailPage'),
                    },
                    {
                      path: 'meetings',
                      ...page(() => import('../features/meeting/meetings-page.js'), 'MeetingsPage'),
                    },
                    { path: 'account', ...page(() => import('../features/session/account-page.js'), 'AccountPage') },
                    {
                      path: 'admin',
                      ...page(() => import('./require-admin.js'), 'RequireAdmin'),
                      children: adminPages,
                    },
                    { path: '*', element: <NotFoundPage /> },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ]);
}
