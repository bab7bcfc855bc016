import type { DeviceCredentials } from '@carillon/contracts';
import { Button, Group, List, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { CopyButton } from '../../ui/copy-button.js';
import { CopyField } from '../../ui/copy-field.js';
import { DownloadCertificate } from '../admin-sip/certificate-details.js';
import { useSipTls } from '../admin-sip/use-sip-tls.js';
import { SecretPanel } from './secret-panel.js';

/** What a phone must be told where nobody vouches for our certificate. */
function TrustHint() {
  const [certificate] = useSipTls().data?.certificates ?? [];
  if (certificate?.origin !== 'built-in') return null;
  return (
    <Stack gap={4} mt={4}>
      <Text size="sm">
        This server made its certificate itself. Give it to the phone as a trusted certificate, and compare the
        fingerprint:
      </Text>
      <CopyField label="Fingerprint (SHA-256)" value={certificate.fingerprint} testId="credential-fingerprint" />
      <Group>
        <DownloadCertificate certificate={certificate} />
      </Group>
    </Stack>
  );
}

/** What a phone is set up with, and how. Shown once. */
export function CredentialsPanel({ credentials }: { credentials: DeviceCredentials }) {
  const { sipUsername, sipPassword, domain, host, udpPort, tcpPort, tlsPort, wssUrl } = credentials;
  const entries = [
    { label: 'SIP user name', value: sipUsername, testId: 'credential-sip-username' },
    { label: 'SIP password', value: sipPassword, testId: 'credential-sip-password' },
    { label: 'Domain', value: domain, testId: 'credential-domain' },
    { label: 'Server (UDP)', value: `${host}:${udpPort}`, testId: 'credential-udp' },
    { label: 'Server (TCP)', value: `${host}:${tcpPort}`, testId: 'credential-tcp' },
    ...(tlsPort === null ? [] : [{ label: 'Server (TLS)', value: `${host}:${tlsPort}`, testId: 'credential-tls' }]),
    { label: 'WebSocket address', value: wssUrl, testId: 'credential-wss' },
  ];
  const everything = entries.map((entry) => `${entry.label}: ${entry.value}`).join('\n');
  return (
    <Stack gap="md" data-testid="device-credentials">
      <SecretPanel title="Phone" entries={entries} />
      <CopyButton value={everything}>
        {({ copied, copy }) => (
          <Button
            variant="light"
            onClick={copy}
            leftSection={copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
          >
            {copied ? 'Copied' : 'Copy all phone settings'}
          </Button>
        )}
      </CopyButton>
      <div>
        <Text fw={600} mb={4}>
          Set up the phone
        </Text>
        <List type="ordered" size="sm" spacing={4}>
          <List.Item>In the phone’s menu or web page, add a SIP account.</List.Item>
          <List.Item>
            Enter the user name and password above. Where it asks for an authentication name, repeat the user name.
          </List.Item>
          <List.Item>
            Enter the domain as “SIP server” or “registrar”. If the phone cannot find it, enter the server’s address as
            “outbound proxy”.
          </List.Item>
          {tlsPort !== null && (
            <List.Item>
              To encrypt its calls’ signalling, choose TLS as “transport” and the TLS server’s port.
              <TrustHint />
            </List.Item>
          )}
          <List.Item>Save. The phone shows as registered within seconds. Dial *43 to hear yourself.</List.Item>
        </List>
      </div>
    </Stack>
  );
}
