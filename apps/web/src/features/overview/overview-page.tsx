import type { Overview } from '@carillon/contracts';
import { Anchor, Button, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAddressBook, IconDeviceLandlinePhone, IconPhoneCall, IconPhoneX, IconPhone } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useOverview } from '../../api/queries.js';
import { CopyField } from '../../ui/copy-field.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { CertificateLine } from '../admin-sip/certificate-line.js';
import { OnlyHere } from '../admin-sip/only-here.js';
import { LiveCallTable } from '../admin-calls/live-call-table.js';
import { OrganisationName } from './organisation-name.js';
import classes from './overview.module.css';

/** How the organisation is doing now, and what a phone needs to join it. */
export function OverviewPage() {
  const overview = useOverview();
  return (
    <Page
      title="Overview"
      description={<OrganisationName />}
      actions={
        <Button component={Link} to="/admin/users?new=1">
          Add a user
        </Button>
      }
    >
      <Loaded
        query={overview}
        what="the overview"
        skeleton={
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            {[1, 2, 3, 4].map((one) => (
              <Skeleton key={one} height={104} radius="lg" />
            ))}
          </SimpleGrid>
        }
      >
        {(data) => (
          <Stack gap="xl">
            <Figures data={data} />
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              <SetUpCard sip={data.sip} />
              <FirstSteps />
            </SimpleGrid>
            <section aria-labelledby="calls-now">
              <Group justify="space-between" mb="sm">
                <Title order={2} id="calls-now">
                  Calls now
                </Title>
                <Button component={Link} to="/admin/history" variant="subtle" size="xs">
                  Call history
                </Button>
              </Group>
              <LiveCallTable />
            </section>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Figures({ data }: { data: Overview }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      <Figure to="/admin/users" icon={<IconAddressBook size={20} />} label="Users" value={data.users} />
      <Figure
        to="/admin/registrations"
        icon={<IconDeviceLandlinePhone size={20} />}
        label="Registered devices"
        value={data.registeredDevices}
      />
      <Figure
        to="/admin/calls"
        icon={<IconPhoneCall size={20} />}
        label="Calls now"
        value={data.callsNow}
        note={`${data.callsToday} today`}
      />
      <Figure
        to="/admin/history?outcome=missed"
        icon={<IconPhoneX size={20} />}
        label="Missed today"
        value={data.missedToday}
      />
    </SimpleGrid>
  );
}

interface FigureProps {
  to: string;
  icon: ReactNode;
  label: string;
  value: number;
  note?: string;
}

function Figure({ to, icon, label, value, note }: FigureProps) {
  return (
    <Link to={to} className={classes['figure']}>
      <Group gap={8} c="dimmed" wrap="nowrap">
        {icon}
        <Text size="sm">{label}</Text>
      </Group>
      <Group align="baseline" gap="xs">
        <Text className="tabular" fz={32} fw={650} lh={1.2}>
          {value}
        </Text>
        {note !== undefined && (
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        )}
      </Group>
    </Link>
  );
}

function SetUpCard({ sip }: { sip: Overview['sip'] }) {
  return (
    <Card>
      <Title order={2} mb={4}>
        Set up a phone
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Any SIP phone registers with these, and with the user name and password of its device.
      </Text>
      <OnlyHere host={sip.host} />
      <div className={classes['settings']}>
        <CopyField label="Domain" value={sip.domain} />
        <CopyField label="Server (UDP)" value={`${sip.host}:${sip.udpPort}`} />
        <CopyField label="Server (TCP)" value={`${sip.host}:${sip.tcpPort}`} />
        {sip.tlsPort !== null && <CopyField label="Server (TLS)" value={`${sip.host}:${sip.tlsPort}`} />}
        <CopyField label="Browser softphones (WebSocket)" value={sip.wssUrl} />
      </div>
      <CertificateLine />
    </Card>
  );
}

const NUMBERS = [
  ['*43', 'echo: hear yourself'],
  ['*97', 'your voicemail'],
] as const;

function FirstSteps() {
  return (
    <Card>
      <Title order={2} mb="md">
        First steps
      </Title>
      <Stack gap="sm">
        <Text>
          1.{' '}
          <Anchor component={Link} to="/admin/users?new=1" underline="always">
            Add a user
          </Anchor>{' '}
          with an extension. Their phone’s password is shown once.
        </Text>
        <Text>
          2. Gather people in a{' '}
          <Anchor component={Link} to="/admin/groups" underline="always">
            ring group
          </Anchor>
          , and put an{' '}
          <Anchor component={Link} to="/admin/menus" underline="always">
            IVR menu
          </Anchor>{' '}
          in front of it.
        </Text>
        <Text>
          3. Open a{' '}
          <Anchor component={Link} to="/admin/rooms" underline="always">
            meeting room
          </Anchor>{' '}
          that browsers and phones enter alike.
        </Text>
        <Text>
          4. Connect your provider by a{' '}
          <Anchor component={Link} to="/admin/trunks" underline="always">
            trunk
          </Anchor>
          , to call numbers outside and be called.
        </Text>
        <Group gap="lg" mt="xs">
          {NUMBERS.map(([number, what]) => (
            <Group key={number} gap={8}>
              <IconPhone size={16} aria-hidden />
              <Text size="sm">
                Dial <b className="tabular">{number}</b>: {what}
              </Text>
            </Group>
          ))}
        </Group>
      </Stack>
    </Card>
  );
}
