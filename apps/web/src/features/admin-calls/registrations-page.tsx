import type { Registration } from '@carillon/contracts';
import { Anchor, Badge, Button, Text } from '@mantine/core';
import { IconDeviceLandlinePhone } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useContactMap, useRegistrations } from '../../api/queries.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatClock, formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';

/** Which phones can be rung now, and from where. */
export function RegistrationsPage() {
  const registrations = useRegistrations();
  const contacts = useContactMap();
  const columns: readonly Column<Registration>[] = [
    {
      header: 'Phone',
      render: (one) => (
        <div>
          <Text fw={600} size="sm">
            {one.deviceName}
          </Text>
          <Text size="xs" c="dimmed">
            {one.sipUsername}
          </Text>
        </div>
      ),
    },
    {
      header: 'User',
      render: (one) => (
        <Anchor component={Link} to={`/admin/users/${one.userId}`} size="sm">
          {contacts.get(one.userId)?.displayName ?? 'Open'}
        </Anchor>
      ),
    },
    { header: 'Address', render: (one) => <span className="tabular">{one.source}</span> },
    { header: 'Over', render: (one) => <Badge color="gray">{one.protocol.toUpperCase()}</Badge> },
    {
      header: 'Software',
      render: (one) => (
        <Text size="sm" c="dimmed">
          {one.userAgent ?? 'Not told'}
        </Text>
      ),
    },
    {
      header: 'Until',
      render: (one) => (
        <span className="tabular" title={`Registered ${formatDateTime(one.registeredAt)}`}>
          {formatClock(one.expiresAt)}
        </span>
      ),
    },
  ];
  return (
    <Page title="Registrations" description="Phones that can be rung now.">
      <Loaded query={registrations} what="the registrations">
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              icon={<IconDeviceLandlinePhone size={28} />}
              title="No phone is registered"
              hint="Set one up with the user name and password of its device. It shows here within seconds."
              action={
                <Button component={Link} to="/admin/users">
                  Go to users
                </Button>
              }
            />
          ) : (
            <RecordTable
              label="Registrations"
              columns={columns}
              rows={list}
              keyOf={(one) => `${one.deviceId} ${one.contact}`}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
