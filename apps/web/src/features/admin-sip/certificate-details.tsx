import type { ShownCertificate } from '@carillon/contracts';
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { CopyField } from '../../ui/copy-field.js';
import { formatDateTime } from '../../ui/format-time.js';
import { certificateState } from './certificate-state.js';

/** What a certificate is good for and for how long, and how a phone comes to trust it. */
export function CertificateDetails({ certificate }: { certificate: ShownCertificate }) {
  const { names, issuer, origin, validTo, fingerprint, chainFile, keyFile } = certificate;
  const [now] = useState(Date.now);
  const selfMade = origin === 'built-in';
  const state = certificateState(certificate, now);
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text fw={600}>Certificate for {names[0] ?? 'nobody'}</Text>
        <Badge color={state.color} title={`Until ${formatDateTime(validTo)}`}>
          {state.words}
        </Badge>
        {selfMade && <Badge color="gray">Made by this server</Badge>}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        Good for {names.join(', ')}.{selfMade ? '' : ` Issued by ${issuer}.`}
      </Text>
      {selfMade && (
        <Text size="sm">
          Nobody vouches for it: a phone that checks certificates must be given it, or told its fingerprint.
        </Text>
      )}
      <CopyField label="Fingerprint (SHA-256)" value={fingerprint} />
      <Group>
        <DownloadCertificate certificate={certificate} />
      </Group>
      {chainFile !== null && keyFile !== null && <Files origin={origin} chainFile={chainFile} keyFile={keyFile} />}
    </Stack>
  );
}

/** Where it is on the server, for who looks after that. */
function Files({
  origin,
  chainFile,
  keyFile,
}: {
  origin: ShownCertificate['origin'];
  chainFile: string;
  keyFile: string;
}) {
  return (
    <details>
      <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
        Files on the server
      </Text>
      <Stack gap={6} mt="xs">
        <Text size="sm">
          {origin === 'file'
            ? 'To renew it, write the new certificate and key over these files. They are read again within a minute, without a restart; calls go on.'
            : 'This server made them. Upload a certificate below to show another one.'}
        </Text>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Certificate: <Code>{chainFile}</Code>
        </Text>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          Key: <Code>{keyFile}</Code>
        </Text>
      </Stack>
    </details>
  );
}

/** The certificate as a file for phones. The key never leaves the server. */
export function DownloadCertificate({ certificate: { names, pem } }: { certificate: ShownCertificate }) {
  return (
    <Button
      component="a"
      href={`data:application/x-pem-file;charset=utf-8,${encodeURIComponent(pem)}`}
      download={`${(names[0] ?? 'carillon').replaceAll(/[^a-zA-Z0-9.-]/g, '_')}.pem`}
      variant="default"
      size="xs"
      leftSection={<IconDownload size={16} />}
    >
      Download certificate
    </Button>
  );
}
