import type { Room } from '@carillon/contracts';
import { ActionIcon, Anchor, Badge, Button, Group, Menu } from '@mantine/core';
import { IconCheck, IconCopy, IconDoor, IconDotsVertical, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link, type LinkProps } from 'react-router';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { CopyButton } from '../../ui/copy-button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { NEW, useListedDrawer } from '../../ui/use-drawer-address.js';
import { RoomDrawer } from './room-drawer.js';
import { useRenewGuestLink } from './use-renew-guest-link.js';

/** Meeting rooms: who may dial in, and the link for guests. */
export function RoomsPage() {
  const rooms = useQuery({ queryKey: keyOf('listRooms'), queryFn: ({ signal }) => call('listRooms', { signal }) });
  const drawer = useListedDrawer({ list: '/admin/rooms', rows: rooms.data, keyOf: (room: Room) => room.roomId });
  const columns: readonly Column<Room>[] = [
    {
      header: 'Name',
      render: (room) => (
        <Anchor component={Link} {...drawer.linkTo(room.roomId)} fw={600}>
          {room.name}
        </Anchor>
      ),
    },
    { header: 'Dial-in', render: (room) => <span className="tabular">{room.extension ?? '–'}</span> },
    { header: 'PIN', render: (room) => <span className="tabular">{room.pin ?? 'None'}</span> },
    {
      header: 'Guests',
      render: (room) =>
        room.lobby ? <Badge color="teal">Wait in the lobby</Badge> : <Badge color="yellow">Enter at once</Badge>,
    },
    { header: 'Guest link', render: (room) => <GuestLink room={room} /> },
    { header: '', align: 'right', render: (room) => <RoomMenu room={room} edit={drawer.linkTo(room.roomId)} /> },
  ];
  const add = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => drawer.open(NEW)}>
      Add room
    </Button>
  );
  return (
    <Page title="Rooms" description="Where browsers and phones meet." actions={add}>
      <Loaded query={rooms} what="the rooms">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconDoor size={28} />}
              title="No rooms yet"
              hint="Make one with a dial-in number, so that phones can join too."
              action={add}
            />
          ) : (
            <RecordTable label="Rooms" columns={columns} rows={list} keyOf={(room) => room.roomId} />
          )
        }
      </Loaded>
      <RoomDrawer room={drawer.subject} opened={drawer.opened} onClose={drawer.close} />
    </Page>
  );
}

function GuestLink({ room }: { room: Room }) {
  const renew = useRenewGuestLink();
  if (room.guestUrl === null) {
    return (
      <Button size="compact-sm" variant="default" onClick={() => renew.mutate(room.roomId)} loading={renew.isPending}>
        Make a link
      </Button>
    );
  }
  return (
    <CopyButton value={new URL(room.guestUrl, window.location.origin).href}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          aria-label={`${copied ? 'Copied' : 'Copy link'} for guests of ${room.name}`}
        >
          {copied ? 'Copied' : 'Copy link'}
        </Button>
      )}
    </CopyButton>
  );
}

function RoomMenu({ room, edit }: { room: Room; edit: Pick<LinkProps, 'to' | 'state'> }) {
  const button = useRef<HTMLButtonElement>(null);
  const renew = useRenewGuestLink();
  const remove = useAct({
    run: () => call('deleteRoom', { params: { roomId: room.roomId } }),
    stale: ['listRooms', 'rooms'],
    done: `${room.name} was deleted.`,
  });
  return (
    <Group gap={4} wrap="nowrap">
      <Button component={Link} to={`/meet/${room.roomId}`} size="compact-sm" variant="light">
        Join
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon ref={button} aria-label={`More for ${room.name}`}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {/* Where the focus goes back to when the drawer is closed: this item is gone by then. */}
          <Menu.Item component={Link} {...edit} onClick={() => button.current?.focus()}>
            Edit
          </Menu.Item>
          {room.guestUrl !== null && (
            <Menu.Item
              onClick={() =>
                confirm({
                  title: 'Make a new guest link?',
                  body: 'The link before it no longer works.',
                  verb: 'Make a new link',
                  onConfirm: () => renew.mutate(room.roomId),
                })
              }
            >
              New guest link
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            onClick={() =>
              confirm({
                title: `Delete ${room.name}?`,
                body: 'A meeting in it ends, and its number and guest link lead nowhere. This cannot be undone.',
                verb: 'Delete',
                onConfirm: () => remove.mutate(),
              })
            }
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
