import type { Registration, User } from '@carillon/contracts';
import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { IconAddressBook, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useLiveCalls, usePresences, useRegistrations, useUsers } from '../../api/queries.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { NoMatch } from '../../ui/no-match.js';
import { Page } from '../../ui/page.js';
import { PersonAvatar } from '../../ui/person-avatar.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { SearchField } from '../../ui/search-field.js';
import { HAS_WAY_BACK, NEW, useWayBack } from '../../ui/use-drawer-address.js';
import { useSearchText } from '../../ui/use-search-text.js';
import { useStillAt } from '../../ui/use-still-at.js';
import { callConcerns } from '../../api/upsert-call.js';
import { CreateUserDrawer } from './create-user-drawer.js';

/** Everyone in the organisation, with live state of phones and calls. */
export function UsersPage() {
  const users = useUsers();
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const goBack = useWayBack();
  const { text, field, clear, search: searchOfLinks } = useSearchText();
  const creating = parameters.has(NEW);
  const { isStillAt, leave } = useStillAt(creating ? NEW : undefined);
  const addressWith = (change: (search: URLSearchParams) => void) => {
    const search = new URLSearchParams(parameters);
    change(search);
    return { search: search.toString() };
  };
  const create = () =>
    void navigate(
      addressWith((search) => search.set(NEW, '1')),
      { state: HAS_WAY_BACK },
    );
  const close = () => {
    // Asked to twice, it would go back twice.
    if (!isStillAt(NEW)) return;
    leave();
    goBack(addressWith((search) => search.delete(NEW)));
  };
  const wanted = text.trim().toLowerCase();
  const columns = useColumns(searchOfLinks);
  return (
    <Page
      title="Users"
      actions={
        <Button leftSection={<IconPlus size={18} />} onClick={create}>
          Add user
        </Button>
      }
    >
      <SearchField
        label="Search users"
        mb="md"
        maw={360}
        placeholder="Search by name, e-mail or extension"
        {...field}
      />
      <Loaded query={users} what="the users">
        {(list) => {
          const found = list
            .filter((user) =>
              `${user.displayName} ${user.email} ${user.extension ?? ''}`.toLowerCase().includes(wanted),
            )
            .toSorted((a, b) => a.displayName.localeCompare(b.displayName));
          if (found.length > 0) {
            return <RecordTable label="Users" columns={columns} rows={found} keyOf={(user) => user.userId} />;
          }
          return wanted === '' ? (
            <EmptyState
              icon={<IconAddressBook size={28} />}
              title="No users yet"
              hint="Add the first one: they get an extension, a mailbox and a phone."
              action={<Button onClick={create}>Add user</Button>}
            />
          ) : (
            <NoMatch onShowAll={clear}>Nobody matches “{text}”.</NoMatch>
          );
        }}
      </Loaded>
      <CreateUserDrawer opened={creating} onClose={close} />
    </Page>
  );
}

/** @param search what a user's page leads back to */
function useColumns(search: string): readonly Column<User>[] {
  const presences = usePresences();
  const registrations = useRegistrations().data ?? [];
  const calls = useLiveCalls().data ?? [];
  return [
    {
      header: 'Name',
      render: (user) => (
        <Group wrap="nowrap" gap="sm">
          <PersonAvatar name={user.displayName} presence={presences.get(user.userId)?.state ?? 'offline'} />
          <div style={{ minWidth: 0 }}>
            <Anchor component={Link} to={{ pathname: `/admin/users/${user.userId}`, search }} fw={600}>
              {user.displayName}
            </Anchor>
            <Text size="sm" c="dimmed">
              {user.email}
            </Text>
          </div>
        </Group>
      ),
    },
    { header: 'Extension', whole: true, render: (user) => <span className="tabular">{user.extension ?? '–'}</span> },
    {
      header: 'Phones',
      whole: true,
      render: (user) => <PhonesBadge user={user} registrations={registrations} />,
    },
    {
      header: 'State',
      whole: true,
      render: (user) =>
        user.disabled ? (
          <Badge color="gray">Disabled</Badge>
        ) : calls.some((call) => callConcerns(call, user.userId)) ? (
          <Badge color="pink">In a call</Badge>
        ) : (
          <Badge color="teal">Active</Badge>
        ),
    },
    { header: 'Role', whole: true, render: (user) => (user.role === 'admin' ? 'Administrator' : 'Staff') },
  ];
}

function PhonesBadge({ user, registrations }: { user: User; registrations: readonly Registration[] }) {
  const online = new Set(registrations.filter((one) => one.userId === user.userId).map((one) => one.deviceId)).size;
  if (user.devices.length === 0) return <Text c="dimmed">None</Text>;
  return (
    <Badge color={online > 0 ? 'teal' : 'gray'} className="tabular">
      {online} of {user.devices.length} registered
    </Badge>
  );
}
