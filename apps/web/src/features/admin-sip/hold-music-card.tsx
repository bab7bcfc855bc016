import { routes, type OwnHoldMusic } from '@carillon/contracts';
import { Alert, Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure } from '../../api/api-failure.js';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { confirm } from '../../ui/confirm.js';
import { formatDateTime, formatDuration } from '../../ui/format-time.js';
import { Loaded } from '../../ui/loaded.js';
import { useAct } from '../../ui/use-act.js';
import { SettingsCard } from './settings-card.js';
import { toBase64, toTelephoneWav } from './to-telephone-wav.js';

/** What is wrong with the sound, where the server says that. */
function wordsOf(failure: Error): string {
  const fields = failure instanceof ApiFailure ? failure.details.fields : undefined;
  return fields?.['wav'] ?? fields?.['fileName'] ?? failure.message;
}

/** The music for who is on hold: the built-in piece, or one of the organisation's own. */
export function HoldMusicCard() {
  const query = useQuery({ queryKey: keyOf('holdMusic'), queryFn: ({ signal }) => call('holdMusic', { signal }) });
  return (
    <SettingsCard
      id="hold-music"
      title="Music on hold"
      description="What callers hear while they wait, over and over. It counts for whoever is put on hold from now on."
    >
      <Loaded query={query} what="the music on hold">
        {({ own }) => <Piece own={own} />}
      </Loaded>
    </SettingsCard>
  );
}

function Piece({ own }: { own: OwnHoldMusic | null }) {
  const [problem, setProblem] = useState<string | null>(null);
  const upload = useAct({
    run: async (file: File) => {
      const wav = await toBase64(await toTelephoneWav(file));
      return call('uploadHoldMusic', { body: { fileName: file.name.slice(0, 200), wav } });
    },
    stale: ['holdMusic'],
    done: ({ fileName }) => `${fileName} is heard from now on.`,
    onFailure: (failure) => setProblem(wordsOf(failure)),
  });
  const remove = useAct({
    run: () => call('removeHoldMusic', {}),
    stale: ['holdMusic'],
    done: 'The built-in piece is heard from now on.',
  });
  const choose = (file: File | null) => {
    setProblem(null);
    if (file !== null) upload.mutate(file);
  };
  return (
    <Stack>
      {own === null ? (
        <Text size="sm">The built-in piece is heard.</Text>
      ) : (
        <Stack gap="xs">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <b>{own.fileName}</b>, {formatDuration(own.seconds)}
          </Text>
          <Text size="xs" c="dimmed">
            Uploaded {formatDateTime(own.uploadedAt)} by {own.uploadedBy}
          </Text>
          {/* Music has no text to show with it. */}
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
          <audio
            controls
            preload="none"
            aria-label="Your music on hold, as callers hear it"
            style={{ width: '100%', maxWidth: 420 }}
            src={`${routes.holdMusicAudio.path}?at=${encodeURIComponent(own.uploadedAt)}`}
          />
        </Stack>
      )}
      {problem !== null && (
        <Alert color="red" role="alert" title="The music was not changed">
          {problem}
        </Alert>
      )}
      <Group justify="flex-end">
        {own !== null && (
          <Button
            variant="default"
            onClick={() =>
              confirm({
                title: 'Back to the built-in piece?',
                body: `${own.fileName} is removed from this server.`,
                verb: 'Remove',
                onConfirm: () => remove.mutate(),
              })
            }
          >
            Use the built-in piece
          </Button>
        )}
        <FileButton accept="audio/*" onChange={choose}>
          {(props) => (
            <Button {...props} leftSection={<IconUpload size={18} />} loading={upload.isPending}>
              {own === null ? 'Upload your own' : 'Replace'}
            </Button>
          )}
        </FileButton>
      </Group>
      <Text size="xs" c="dimmed">
        Up to 5 minutes, in any format that this browser plays. It is made to sound as telephones do before it is sent.
        You need the right to play it in public.
      </Text>
    </Stack>
  );
}
