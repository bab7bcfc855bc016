import { Anchor, Badge, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { certificateState } from './certificate-state.js';
import { useSipTls } from './use-sip-tls.js';

/** How the certificate stands, in one line that leads to the rest. Nothing where there is no TLS. */
export function CertificateLine() {
  const [now] = useState(Date.now);
  const certificates = useSipTls().data?.certificates ?? [];
  // Of several, the one that has to be seen to first.
  const certificate = certificates.toSorted((one, other) => Date.parse(one.validTo) - Date.parse(other.validTo))[0];
  if (certificate === undefined) return null;
  const { color, words } = certificateState(certificate, now);
  return (
    <Group gap="xs" mt="xs">
      <Text size="sm">
        <Anchor component={Link} to="/admin/sip" underline="always">
          TLS certificate
        </Anchor>
        {certificate.origin === 'built-in' ? ', made by this server' : ` for ${certificate.names[0] ?? ''}`}
      </Text>
      <Badge color={color}>{words}</Badge>
    </Group>
  );
}
