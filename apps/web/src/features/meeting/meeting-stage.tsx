import type { Room } from '@carillon/contracts';
import { Badge, Group, Text } from '@mantine/core';
import { useDisclosure, useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { AudioOutlet } from './audio-outlet.js';
import { ControlBar } from './control-bar.js';
import { gridLayout } from './grid-layout.js';
import { LobbyNotice } from './lobby-notice.js';
import { useMeeting } from './meeting-context.js';
import classes from './meeting.module.css';
import { ParticipantPanel } from './participant-panel.js';
import { ScreenTile } from './screen-tile.js';
import { Tile } from './tile.js';

/** The meeting itself: tiles, a shared screen above all, the panel and the bar. */
export function MeetingStage({ room }: { room: Room | null }) {
  const participants = useMeeting((state) => state.participants);
  const name = useMeeting((state) => state.room?.name ?? '');
  const connection = useMeeting((state) => state.connection);
  const ownScreen = useMeeting((state) => state.screen);
  const tracks = useMeeting((state) => state.tracks);
  const extension = room?.extension ?? null;
  const pin = room?.pin ?? null;
  const [panelOpen, { toggle, close }] = useDisclosure(false);
  const { ref, width, height } = useElementSize();
  const inside = useMemo(() => [...participants.values()].filter((one) => one.state === 'entered'), [participants]);
  const remoteScreen = [...tracks.values()].find((one) => one.source === 'screen');
  const sharing = remoteScreen !== undefined || ownScreen !== null;
  const layout = gridLayout(inside.length, width, height);
  return (
    <div className={classes['meeting']}>
      <header className={classes['top']}>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Text component="h1" fw={600} truncate>
            {name}
          </Text>
          {extension !== null && (
            <Text size="sm" c="#a2aeb0" visibleFrom="sm" className="tabular">
              Dial {extension}
              {pin === null ? '' : `, PIN ${pin}`}
            </Text>
          )}
        </Group>
        <div role="status">
          {connection !== 'connected' && (
            <Badge variant="filled" color="#f0b429" c="#1d1600">
              {connection === 'connecting' ? 'Connecting…' : 'Reconnecting…'}
            </Badge>
          )}
        </div>
      </header>
      <main className={classes['body']} data-sharing={sharing}>
        {sharing && <ScreenTile remote={remoteScreen} own={ownScreen} />}
        <section
          ref={ref}
          className={sharing ? classes['strip'] : classes['grid']}
          aria-label="Participants"
          style={{
            ['--tile-width' as string]: `${layout.tileWidth}px`,
            ['--tile-height' as string]: `${layout.tileHeight}px`,
          }}
        >
          {inside.map((participant) => (
            <Tile key={participant.participantId} participant={participant} />
          ))}
        </section>
        {panelOpen && <ParticipantPanel room={room} onClose={close} />}
      </main>
      {!panelOpen && <LobbyNotice />}
      <ControlBar panelOpen={panelOpen} onPanel={toggle} />
      <AudioOutlet />
    </div>
  );
}
