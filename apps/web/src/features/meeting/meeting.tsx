import type { Room } from '@carillon/contracts';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { RealtimeClient } from '../../api/realtime-client.js';
import { LocalMedia } from './media/local-media.js';
import { MeetingContext } from './meeting-context.js';
import { MeetingOver } from './meeting-over.js';
import { MeetingSession } from './meeting-session.js';
import { MeetingStage } from './meeting-stage.js';
import { MeetingWaiting } from './meeting-waiting.js';
import { PreJoin } from './pre-join.js';

export interface MeetingProps {
  roomId: string;
  roomName: string;
  /** What staff know about the room; null for guests. */
  room: Room | null;
  /** The user's name; absent for guests, who are asked. */
  name?: string;
  /** The connection to come in by; a guest has one only once they have a name. */
  connect: (name: string) => RealtimeClient;
  onExit: () => void;
}

/** A session, and the connection that it keeps open. */
interface Stay {
  readonly session: MeetingSession;
  readonly letGo: () => void;
}

/** From the look in the mirror, through the lobby, into the meeting and out again. */
export function Meeting(props: MeetingProps) {
  useDocumentTitle(`${props.roomName} · Carillon`);
  const local = useLocalMedia();
  const [stay, setStay] = useState<Stay | null>(null);
  useEffect(() => {
    if (stay === null) return undefined;
    return () => {
      stay.session.stop();
      stay.letGo();
    };
  }, [stay]);
  const join = (name: string) => {
    const realtime = props.connect(name);
    const letGo = realtime.hold();
    const session = new MeetingSession(realtime, props.roomId, local);
    setStay({ session, letGo });
    session.start();
  };
  if (stay === null) {
    return <PreJoin local={local} roomName={props.roomName} name={props.name} onJoin={join} onCancel={props.onExit} />;
  }
  return (
    <MeetingContext.Provider value={stay.session}>
      <MeetingPhase {...props} session={stay.session} onRejoin={() => setStay(null)} />
    </MeetingContext.Provider>
  );
}

function MeetingPhase({
  session,
  room,
  roomName,
  onRejoin,
  onExit,
}: MeetingProps & { session: MeetingSession; onRejoin: () => void }) {
  const phase = useStore(session.store, (state) => state.phase);
  switch (phase) {
    case 'joining':
    case 'lobby':
      return (
        <MeetingWaiting
          lobby={phase === 'lobby'}
          roomName={roomName}
          onCancel={() => void session.leave().then(onExit)}
        />
      );
    case 'entered':
      return <MeetingStage room={room} />;
    case 'over':
      return <MeetingOver onRejoin={onRejoin} onExit={onExit} guest={room === null} />;
  }
}

/** The devices of this visit; closed when the page is left. */
function useLocalMedia(): LocalMedia {
  const [local] = useState(() => new LocalMedia());
  useEffect(() => {
    local.start();
    return () => local.close();
  }, [local]);
  return local;
}
