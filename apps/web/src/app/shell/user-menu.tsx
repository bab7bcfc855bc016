import { Menu, Text, UnstyledButton, VisuallyHidden, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconKeyboard, IconLogout, IconSelector, IconUserCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { Me } from '@carillon/contracts';
import { api, call } from '../../api/api.js';
import { useMe, usePresences } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { useRealtime } from '../../api/realtime-context.js';
import { notifyFailure } from '../../ui/notify.js';
import { PersonAvatar, presenceWord } from '../../ui/person-avatar.js';
import { useAct } from '../../ui/use-act.js';
import { SCHEMES } from './colour-scheme-switch.js';
import classes from './shell.module.css';
import { openShortcutHelp } from './shortcut-help.js';

/** The user's own corner: presence, colours, account, log out. */
export function UserMenu({ onNavigate }: { onNavigate?: () => void }) {
  const me = useMe();
  const presence = usePresences().get(me.userId)?.state;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const realtime = useRealtime();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const logOut = useAct({
    run: () => call('logout'),
    onDone: () => {
      api.csrfToken = null;
      queries.clear();
      void navigate('/login', { replace: true });
    },
  });
  const choose = async (choice: Me['presenceChoice']) => {
    const answer = await realtime.request('presence.set', { choice });
    if (!answer.ok) return notifyFailure(answer);
    queries.setQueryData<Me>(keyOf('me'), (known) => known && { ...known, presenceChoice: choice });
  };
  const check = <IconCheck size={16} aria-label="chosen" />;
  return (
    <Menu width={250} position="top-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes['user']}>
          <VisuallyHidden>Account of</VisuallyHidden>
          <PersonAvatar name={me.displayName} presence={presence} />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Text size="sm" fw={600} truncate>
              {me.displayName}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {[me.extension, presence && presenceWord(presence)].filter(Boolean).join(' · ') || me.email}
            </Text>
          </div>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Presence</Menu.Label>
        <Menu.Item
          onClick={() => void choose('automatic')}
          rightSection={me.presenceChoice === 'automatic' ? check : null}
        >
          Automatic
        </Menu.Item>
        <Menu.Item onClick={() => void choose('away')} rightSection={me.presenceChoice === 'away' ? check : null}>
          Away
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        {SCHEMES.map(({ value, label }) => (
          <Menu.Item
            key={value}
            onClick={() => setColorScheme(value)}
            rightSection={colorScheme === value ? check : null}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={openShortcutHelp}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserCircle size={16} />}
          onClick={() => {
            onNavigate?.();
            void navigate('/account');
          }}
        >
          Account and sessions
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => logOut.mutate()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
