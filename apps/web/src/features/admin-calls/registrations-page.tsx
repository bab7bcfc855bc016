import type { Registration } from '@carillon/contracts';
import { Anchor, Badge, Button, Stack, Text } from '@mantine/core';
import { IconDeviceLandlinePhone } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useContactMap, useLearntPhones, useRegistrations } from '../../api/queries.js';
import { EmptyState } from '../../ui/empty-state.js';
import { formatClock, formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { NoMatch } from '../../ui/no-match.js';
import { Page } from '../../ui/page.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { SearchField } from '../../ui/search-field.js';
import { useSearchText } from '../../ui/use-search-text.js';
import { isLearnt } from './is-learnt.js';

/** Which phones can be rung now, and from where. */
export function RegistrationsPage() {
  const { text, field, clear } = useSearchText();
  const registrations = useRegistrations();
  const contacts = useContactMap();
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
            <Stack gap="md">
              <SearchField
                label="Search registrations"
                maw={360}
                placeholder="Phone, person, address or software"
                {...field}
              />
              <Found
                list={list.filter((one) => isMeant(one, contacts.get(one.userId)?.displayName, text))}
                none={<NoMatch onShowAll={clear}>No registered phone matches “{text}”.</NoMatch>}
              />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Whether a phone is what somebody looks for. */
function isMeant(
  { deviceName, sipUsername, source, userAgent }: Registration,
  user: string | undefined,
  search: string,
) {
  const wanted = search.trim().toLowerCase();
  return [deviceName, sipUsername, source, userAgent, user].some((text) => text?.toLowerCase().includes(wanted));
}

function Found({ list, none }: { list: readonly Registration[]; none: ReactNode }) {
  const contacts = useContactMap();
  const learnt = useLearntPhones().data ?? [];
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
    {
      header: 'Over',
      whole: true,
      render: (one) => <Badge color="gray">{one.protocol.toUpperCase()}</Badge>,
    },
    {
      header: 'Software',
      render: (one) => (
        <div>
          <Text size="sm" c="dimmed">
            {one.userAgent ?? 'Not told'}
          </Text>
          {isLearnt(learnt, one) && (
            <Anchor component={Link} to={`/admin/users/${one.userId}`} size="xs">
              Asked by MD5 alone
            </Anchor>
          )}
        </div>
      ),
    },
    {
      header: 'Until',
      whole: true,
      render: (one) => (
        <span className="tabular" title={`Registered ${formatDateTime(one.registeredAt)}`}>
          {formatClock(one.expiresAt)}
        </span>
      ),
    },
  ];
  if (list.length === 0) return none;
  return (
    <RecordTable
      label="Registrations"
      columns={columns}
      rows={list}
      keyOf={(one) => `${one.deviceId} ${one.contact}`}
    />
  );
}
