import type { Overview, SipTls } from '@carillon/contracts';
import { Alert, Box, Divider, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconLockOpen } from '@tabler/icons-react';
import { useOverview } from '../../api/queries.js';
import { CopyField } from '../../ui/copy-field.js';
import { Loaded } from '../../ui/loaded.js';
import { CertificateDetails } from './certificate-details.js';
import { OnlyHere } from './only-here.js';
import { SettingsCard } from './settings-card.js';
import { useSipTls } from './use-sip-tls.js';

/** Where phones reach this server, and what they are shown as proof. */
export function ConnectionCard() {
  const overview = useOverview();
  const tls = useSipTls();
  return (
    <SettingsCard
      id="connection"
      title="Where phones connect"
      description="What you enter in a phone, or in a browser softphone."
    >
      <Loaded query={overview} what="the addresses">
        {({ sip }) => (
          <>
            <OnlyHere host={sip.host} />
            <Addresses sip={sip} />
          </>
        )}
      </Loaded>
      <Divider />
      <Loaded query={tls} what="the certificates">
        {(state) => <Tls state={state} />}
      </Loaded>
    </SettingsCard>
  );
}

function Addresses({ sip }: { sip: Overview['sip'] }) {
  const entries = [
    ['Domain', sip.domain],
    ['Server (UDP)', `${sip.host}:${sip.udpPort}`],
    ['Server (TCP)', `${sip.host}:${sip.tcpPort}`],
    ...(sip.tlsPort === null ? [] : [['Server (TLS)', `${sip.host}:${sip.tlsPort}`] as const]),
    ['Browser softphones (WebSocket)', sip.wssUrl],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing={0}>
      {entries.map(([label, value]) => (
        <CopyField key={label} label={label} value={value} />
      ))}
    </SimpleGrid>
  );
}

function Tls({ state: { certificates, problem } }: { state: SipTls }) {
  if (certificates.length === 0)
    return (
      <Alert color="orange" icon={<IconLockOpen size={18} />} title="No TLS">
        SIP travels readable. Set <code>CARILLON_SIP_TLS_PORT</code> (usually the port after the one for UDP) and start
        Carillon again.
      </Alert>
    );
  return (
    <Stack>
      {problem !== null && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title="The new certificate cannot be used">
          {problem} What held before stays in use.
        </Alert>
      )}
      {certificates.map((certificate) => (
        <CertificateDetails key={certificate.fingerprint} certificate={certificate} />
      ))}
      <Box>
        <Text size="xs" c="dimmed">
          Phones choose TLS by its own port; browsers need https and a certificate that they trust.
        </Text>
      </Box>
    </Stack>
  );
}
