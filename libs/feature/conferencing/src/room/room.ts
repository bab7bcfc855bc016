import type { Participant, ProducerInfo, RoomSnapshot } from '@carillon/contracts';
import type { OrganisationId, OwnerId, ParticipantId, RoomId } from '@carillon/domain';
import type { PhoneLine } from '../phone/phone-line.js';
import type { RoomRecord } from '../room-directory.js';
import type { ParticipantState } from './participant-state.js';
import type { RoomPhase } from './room-phase.js';

/** Someone in the room or in its lobby. */
export interface Member {
  /** What others see of it. */
  view: Participant;
  state: ParticipantState;
  /** Where a phone is the endpoint. */
  readonly phone: PhoneLine | undefined;
}

/**
 * A meeting in use: its state and nothing else. Actions change it, each within `run`, one at a time; so whatever they
 * publish is in order.
 */
export class Room {
  readonly members = new Map<ParticipantId, Member>();
  readonly producers = new Map<string, ProducerInfo>();
  phase: RoomPhase = 'waiting';
  /** The media plane that holds the room's media while it is open. */
  mediaOwnerId: OwnerId | undefined;
  /** When the first participant entered, ISO 8601. */
  startedAt: string | null = null;
  /** A host has put a stranger out: for the rest of the meeting strangers come in through the lobby only. */
  doorGuarded = false;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(public record: RoomRecord) {}

  get roomId(): RoomId {
    return this.record.roomId;
  }

  get organisationId(): OrganisationId {
    return this.record.organisationId;
  }

  /** Runs after all that was asked before; a failure is the caller's and stops nothing else. */
  run<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.tail.then(action);
    this.tail = result.catch(() => undefined);
    return result;
  }

  views(): Participant[] {
    return [...this.members.values()].map(({ view }) => view);
  }

  entered(): Member[] {
    return [...this.members.values()].filter(({ state }) => state === 'entered');
  }
}

/** The room as its participants, or an outsider of the organisation (`undefined`), may see it. */
export function snapshotOf(room: Room, forMember: Member | undefined): RoomSnapshot {
  const { roomId, organisationId, name, extension, lobby } = room.record;
  const waiting = forMember?.state === 'lobby';
  const seesLobby = forMember === undefined || forMember.view.role === 'host';
  const participants = waiting
    ? [forMember.view]
    : room.views().filter((view) => seesLobby || view.state === 'entered');
  return {
    ...{ roomId, organisationId, name, extension, lobby, participants },
    startedAt: room.startedAt,
    producers: waiting ? [] : [...room.producers.values()],
  };
}
