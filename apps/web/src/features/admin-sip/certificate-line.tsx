import { Anchor, Badge, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { certificateState } from './certificate-state.js';
import { useSipTls } from './use-sip-tls.js';

/** How the certificate stands, in one line that leads to the rest. Nothing where there is no TLS. */
export function CertificateLine() {
  const [now] = useState(Date.now);
  const [certificate] = useSipTls().data?.certificates ?? [];
  if (certificate === undefined) return null;
  const { color, words } = certificateState(certificate, now);
  return (
    <Group gap="xs" mt="xs">
      <Text size="sm">
        <Anchor component={Link} to="/admin/sip" underline="always">
          TLS certificate
        </Anchor>
        {certificate.selfMade ? ', made by this server' : ` for ${certificate.names[0] ?? ''}`}
      </Text>
      <Badge color={color}>{words}</Badge>
    </Group>
  );
}
