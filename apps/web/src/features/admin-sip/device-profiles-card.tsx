import type { DeviceProfilesView, SeenDevice } from '@carillon/contracts';
import type { DeviceProfile } from '@carillon/domain';
import { ActionIcon, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { useDrawer } from '../../ui/use-drawer.js';
import { putProfile, removeProfile, storedProfile, type ProfileChange } from './change-profiles.js';
import { ProfileDrawer } from './profile-drawer.js';
import { quirksInWords } from './quirk-words.js';

/** What a drawer is open for: a profile as it stands in the list, or a new one. */
type Editing = { readonly edited: DeviceProfile | null; readonly initial: Partial<DeviceProfile> };

/** The list is stored as a whole: what another administrator has put there since this page read it stays. */
async function changeProfiles(change: ProfileChange) {
  const { own } = await call('deviceProfiles');
  return call('saveDeviceProfiles', { body: { profiles: [...change(own)] } });
}

/** What is known of phones by their User-Agent, and what is done differently for them. */
export function DeviceProfilesCard() {
  const query = useQuery({
    queryKey: keyOf('deviceProfiles'),
    queryFn: ({ signal }) => call('deviceProfiles', { signal }),
  });
  return (
    <Card component="section" aria-labelledby="device-profiles">
      <Loaded query={query} what="the device profiles">
        {(view) => <Profiles view={view} />}
      </Loaded>
    </Card>
  );
}

function Profiles({ view: { own, builtIn, seen } }: { view: DeviceProfilesView }) {
  const drawer = useDrawer<Editing>();
  const { edited, initial } = drawer.subject ?? { edited: null, initial: {} };
  const save = useAct({
    run: changeProfiles,
    stale: ['deviceProfiles'],
    done: 'Saved. It counts from the next message of such a phone on.',
  });
  const columns: readonly Column<DeviceProfile>[] = [
    {
      header: 'Name',
      render: ({ name }) => (
        <Text fw={600} size="sm">
          {name}
        </Text>
      ),
    },
    { header: 'User-Agent contains', render: ({ userAgent }) => userAgent || '–' },
    { header: 'Gets', render: ({ quirks }) => <Text size="sm">{quirksInWords(quirks)}</Text> },
  ];
  const actions: Column<DeviceProfile> = {
    header: '',
    align: 'right',
    render: (profile) => (
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          aria-label={`Edit ${profile.name}`}
          onClick={() => drawer.open({ edited: profile, initial: profile })}
        >
          <IconPencil size={18} />
        </ActionIcon>
        <ActionIcon
          aria-label={`Delete ${profile.name}`}
          onClick={() =>
            confirm({
              title: `Delete ${profile.name}?`,
              body: 'These phones are then treated as all others, or as is built in for them.',
              verb: 'Delete',
              onConfirm: () => save.mutate(removeProfile(profile)),
            })
          }
        >
          <IconTrash size={18} />
        </ActionIcon>
      </Group>
    ),
  };
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} id="device-profiles">
          Device profiles
        </Title>
        <Button leftSection={<IconPlus size={18} />} onClick={() => drawer.open({ edited: null, initial: {} })}>
          Add profile
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        Some phones need other manners. They are known by what they call themselves; your own profiles come first.
      </Text>
      {own.length > 0 && (
        <RecordTable
          label="Your profiles"
          columns={[...columns, actions]}
          rows={own}
          keyOf={(one) => `${one.name} ${one.userAgent}`}
        />
      )}
      <Seen
        seen={seen}
        onAdd={(userAgent) =>
          drawer.open({ edited: null, initial: { name: userAgent.slice(0, 60), userAgent: userAgent.slice(0, 80) } })
        }
      />
      <details>
        <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
          Built-in profiles
        </Text>
        <RecordTable label="Built-in profiles" columns={columns} rows={builtIn} keyOf={({ name }) => name} />
      </details>
      <ProfileDrawer
        initial={edited === null ? initial : storedProfile(edited, own)}
        title={edited === null ? 'Add device profile' : `Edit ${edited.name}`}
        opened={drawer.opened}
        saving={save.isPending}
        onClose={drawer.close}
        onSave={(profile) => save.mutate(putProfile(profile, edited), { onSuccess: drawer.close })}
      />
    </Stack>
  );
}

/** Kinds of phones that are registered now. */
function Seen({ seen, onAdd }: { seen: readonly SeenDevice[]; onAdd: (userAgent: string) => void }) {
  if (seen.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No phone is registered at the moment. Kinds of phones show here as soon as they are.
      </Text>
    );
  const columns: readonly Column<SeenDevice>[] = [
    { header: 'Registered now', render: ({ userAgent }) => userAgent || 'Phones that do not say what they are' },
    { header: 'Phones', align: 'right', render: ({ phones }) => <span className="tabular">{phones}</span> },
    { header: 'Profile', render: ({ profile }) => profile },
    {
      header: '',
      align: 'right',
      render: ({ userAgent }) =>
        userAgent.length < 2 ? null : (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Make a profile for ${userAgent}`}
            onClick={() => onAdd(userAgent)}
          >
            Make a profile
          </Button>
        ),
    },
  ];
  return (
    <RecordTable
      label="Phones by kind"
      columns={columns}
      rows={seen}
      keyOf={(one) => `${one.profile} ${one.userAgent}`}
    />
  );
}
