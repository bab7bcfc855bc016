import type { UploadedCertificate } from '@carillon/contracts';
import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconCertificate, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { formatDateTime } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { RecordTable, type Column } from '../../ui/record-table.js';
import { useAct } from '../../ui/use-act.js';
import { useDrawer } from '../../ui/use-drawer.js';
import { CertificateDrawer } from './certificate-drawer.js';
import { certificateState } from './certificate-state.js';
import { SettingsCard } from './settings-card.js';

const STALE = ['listCertificates', 'sipTls'] as const;

/** Certificates that operators give to the installation: for whoever looks after the server. */
export function CertificatesCard() {
  const query = useQuery({
    queryKey: keyOf('listCertificates'),
    queryFn: ({ signal }) => call('listCertificates', { signal }),
  });
  return (
    <SettingsCard
      id="certificates"
      title="Certificates of this server"
      description="For SIP over TLS and secure WebSockets, of every organisation on this server. A phone is shown the one for the name that it asks for."
    >
      <Loaded query={query} what="the certificates">
        {({ uploaded, filesFirst }) => <Uploaded uploaded={uploaded} filesFirst={filesFirst} />}
      </Loaded>
    </SettingsCard>
  );
}

function Uploaded({ uploaded, filesFirst }: { uploaded: readonly UploadedCertificate[]; filesFirst: boolean }) {
  const drawer = useDrawer<UploadedCertificate | 'new'>();
  const [now] = useState(Date.now);
  const makeDefault = useAct({
    run: ({ certificateId }: UploadedCertificate) => call('makeDefaultCertificate', { params: { certificateId } }),
    stale: STALE,
    done: 'Phones that ask for no name are shown this one from now on.',
  });
  const remove = useAct({
    run: ({ certificateId }: UploadedCertificate) => call('removeCertificate', { params: { certificateId } }),
    stale: STALE,
    done: 'The certificate was removed.',
  });
  const askRemoval = (one: UploadedCertificate) =>
    confirm({
      title: `Remove the certificate for ${one.names[0] ?? ''}?`,
      body:
        uploaded.length > 1 || filesFirst
          ? 'Phones that ask for its names are shown another one, which they may not trust. Calls that go on are not touched.'
          : 'Phones are shown the certificate that this server made itself, which they may not trust. Calls that go on are not touched.',
      verb: 'Remove',
      onConfirm: () => remove.mutate(one),
    });
  const columns: readonly Column<UploadedCertificate>[] = [
    {
      header: 'Good for',
      render: ({ names, isDefault, isComplete }) => (
        <Stack gap={4} style={{ overflowWrap: 'anywhere' }}>
          <Text fw={600}>{names.join(', ')}</Text>
          {isDefault && !filesFirst && <Text size="sm">Also shown to phones that ask for no name</Text>}
          {!isComplete && (
            <Text size="sm">
              It does not lead to an authority that phones know: replace it with its whole chain, unless it is your own
              authority’s.
            </Text>
          )}
        </Stack>
      ),
    },
    { header: 'Issued by', render: ({ issuer }) => <Text size="sm">{issuer}</Text> },
    {
      header: 'Valid',
      render: (one) => {
        const { color, words } = certificateState(one, now);
        return (
          <Stack gap={4}>
            <Badge color={color}>{words}</Badge>
            <Text size="xs" c="dimmed">
              until {formatDateTime(one.validTo)}
            </Text>
          </Stack>
        );
      },
    },
    {
      header: '',
      align: 'right',
      render: (one) => (
        <Group gap="xs" justify="flex-end">
          {!one.isDefault && !filesFirst && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Make the certificate for ${one.names[0] ?? ''} the default`}
              loading={makeDefault.isPending && makeDefault.variables.certificateId === one.certificateId}
              onClick={() => makeDefault.mutate(one)}
            >
              Make default
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Replace the certificate for ${one.names[0] ?? ''}`}
            onClick={() => drawer.open(one)}
          >
            Replace
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Remove the certificate for ${one.names[0] ?? ''}`}
            onClick={() => askRemoval(one)}
          >
            Remove
          </Button>
        </Group>
      ),
    },
  ];
  const add = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => drawer.open('new')}>
      Upload certificate
    </Button>
  );
  return (
    <Stack>
      {filesFirst && (
        <Alert title="Files come first" icon={<IconCertificate size={18} />}>
          <code>CARILLON_TLS_CERTIFICATE</code> names files on this server. What is uploaded here is shown only to
          phones that ask for a name which those files do not have.
        </Alert>
      )}
      {uploaded.length === 0 ? (
        <Group justify="space-between">
          <Text size="sm" flex="1 1 16rem">
            {filesFirst
              ? 'Nothing is uploaded: the certificates in files are in use.'
              : 'Nothing is uploaded: this server shows a certificate that it made itself. Upload one of a known authority, and phones and browsers trust it without further ado.'}
          </Text>
          {add}
        </Group>
      ) : (
        <>
          <RecordTable
            label="Uploaded certificates"
            columns={columns}
            rows={uploaded}
            keyOf={({ certificateId }) => certificateId}
          />
          <Group justify="flex-end">{add}</Group>
        </>
      )}
      <CertificateDrawer
        replaces={drawer.subject === 'new' ? null : drawer.subject}
        opened={drawer.opened}
        onClose={drawer.close}
      />
    </Stack>
  );
}
