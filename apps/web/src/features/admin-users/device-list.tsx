import type { Device, DeviceCredentials, User } from '@carillon/contracts';
import { ActionIcon, Badge, Button, Card, Group, Menu, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconDeviceLandlinePhone, IconDotsVertical, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { call } from '../../api/api.js';
import { useLearntPhones, useRegistrations } from '../../api/queries.js';
import { confirm } from '../../ui/confirm.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatDateTime } from '../../ui/format-time.js';
import { useAct } from '../../ui/use-act.js';
import { CredentialsPanel } from './credentials-panel.js';

/** Phones with one device's password that are named. */
const MOST_LEARNT = 3;

/** The user's phones: add one, renew its password, switch it off, delete it. */
export function DeviceList({ user }: { user: User }) {
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState('');
  const [credentials, setCredentials] = useState<DeviceCredentials | null>(null);
  const add = useAct({
    run: () => call('addDevice', { params: { userId: user.userId }, body: { name: name.trim() } }),
    stale: ['getUser', 'listUsers'],
    onDone: (made) => {
      setAdding(false);
      setName('');
      setCredentials(made);
    },
  });
  return (
    <Card>
      <Group justify="space-between" mb="md">
        <Title order={2}>Phones</Title>
        <Button size="xs" variant="light" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add phone
        </Button>
      </Group>
      {user.devices.length === 0 ? (
        <EmptyState
          icon={<IconDeviceLandlinePhone size={28} />}
          title="No phones"
          hint="Add one to get the user name and password that it registers with."
        />
      ) : (
        <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Phones">
          {user.devices.map((device) => (
            <DeviceRow key={device.deviceId} device={device} onCredentials={setCredentials} />
          ))}
        </Stack>
      )}
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add phone">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') add.mutate();
          }}
        >
          <Stack>
            <TextInput
              label="Name of the phone"
              placeholder="For example: Softphone"
              maxLength={80}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAdding(false)}>
                Cancel
              </Button>
              <Button type="submit" disabled={name.trim() === ''} loading={add.isPending}>
                Add
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <Modal
        opened={credentials !== null}
        onClose={() => setCredentials(null)}
        title="Phone settings, shown this once"
        closeOnClickOutside={false}
        size="lg"
      >
        {credentials !== null && <CredentialsPanel credentials={credentials} />}
        <Group justify="flex-end" mt="md">
          <Button onClick={() => setCredentials(null)}>Done</Button>
        </Group>
      </Modal>
    </Card>
  );
}

interface DeviceRowProps {
  device: Device;
  onCredentials: (credentials: DeviceCredentials) => void;
}

function DeviceRow({ device, onCredentials }: DeviceRowProps) {
  const params = { deviceId: device.deviceId };
  const registrations = (useRegistrations().data ?? []).filter((one) => one.deviceId === device.deviceId);
  const learnt = (useLearntPhones().data ?? []).filter((one) => one.deviceId === device.deviceId);
  const stale = ['getUser', 'listUsers', 'listRegistrations'] as const;
  const renew = useAct({ run: () => call('renewDevice', { params }), stale, onDone: onCredentials });
  const change = useAct({
    run: (disabled: boolean) => call('updateDevice', { params, body: { disabled } }),
    stale,
    done: (changed) => `${changed.name} is ${changed.disabled ? 'disabled' : 'enabled'}.`,
  });
  const forget = useAct({
    run: () => call('forgetLearntPhone', { params }),
    stale: ['listLearntPhones'],
    done: `${device.name} is offered SHA-256 again.`,
  });
  const remove = useAct({ run: () => call('deleteDevice', { params }), stale, done: `${device.name} was deleted.` });
  return (
    <Group component="li" justify="space-between" wrap="nowrap" data-testid={`device-${device.deviceId}`}>
      <div style={{ minWidth: 0 }}>
        <Group gap="xs">
          <Text fw={600}>{device.name}</Text>
          {device.disabled ? (
            <Badge color="gray">Disabled</Badge>
          ) : registrations.length > 0 ? (
            <Badge color="teal">Registered</Badge>
          ) : (
            <Badge color="yellow">Not registered</Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {device.sipUsername}
          {registrations[0] !== undefined && ` · ${registrations[0].userAgent ?? registrations[0].source}`}
        </Text>
        {learnt.slice(0, MOST_LEARNT).map(({ address, userAgent, since }) => (
          <Text key={`${address} ${userAgent}`} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            Asked for its password by MD5 alone since {formatDateTime(since)}: where SHA-256 was offered too,{' '}
            {userAgent ?? 'the phone'} at {address} gave up.
          </Text>
        ))}
        {learnt.length > MOST_LEARNT && (
          <Text size="sm" c="dimmed">
            So did {learnt.length - MOST_LEARNT} more with this password.
          </Text>
        )}
      </div>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={`More for ${device.name}`}>
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            onClick={() =>
              confirm({
                title: `Make a new password for ${device.name}?`,
                body: 'The phone is logged out at once and needs the new password to register again.',
                verb: 'Make a new password',
                onConfirm: () => renew.mutate(),
              })
            }
          >
            New password
          </Menu.Item>
          {learnt.length > 0 && (
            <Menu.Item
              onClick={() =>
                confirm({
                  title: `Offer SHA-256 to ${device.name} again?`,
                  body: 'Do this after an update of the phone. If it still gives up, it fails two or three times, and is then asked by MD5 alone again.',
                  verb: 'Offer SHA-256',
                  destructive: false,
                  onConfirm: () => forget.mutate(),
                })
              }
            >
              Offer SHA-256 again
            </Menu.Item>
          )}
          {device.disabled ? (
            <Menu.Item onClick={() => change.mutate(false)}>Enable</Menu.Item>
          ) : (
            <Menu.Item
              onClick={() =>
                confirm({
                  title: `Disable ${device.name}?`,
                  body: 'Its calls end now, and it cannot register until it is enabled again.',
                  verb: 'Disable',
                  onConfirm: () => change.mutate(true),
                })
              }
            >
              Disable
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            onClick={() =>
              confirm({
                title: `Delete ${device.name}?`,
                body: 'The phone can no longer register. This cannot be undone.',
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
