import type { CommandOutput, CommandPayload } from '@carillon/contracts';
import { newId, ParticipantId } from '@carillon/domain';
import type { ConferencingParts } from '../conferencing-parts.js';
import { askPin } from '../phone/ask-pin.js';
import type { PhoneLine } from '../phone/phone-line.js';
import { refuse } from '../refuse.js';
import type { Member } from '../room/room.js';
import type { RoomRecord } from '../room-directory.js';
import { admitOrWait } from './admit-or-wait.js';
import { afterLeaving } from './after-leaving.js';
import { bidFarewell, leaveRoom } from './leave-room.js';
import { greetEntered, listenToKeys } from './phone-in-meeting.js';

type Payload = CommandPayload<'room.join-by-phone'>;

/** Takes a caller over. The answer is given at once; what follows is a talk with the caller. */
export async function joinByPhone(
  parts: ConferencingParts,
  payload: Payload,
): Promise<CommandOutput<'room.join-by-phone'>> {
  const { organisationId, roomId, callId, endpointId, mediaOwnerId } = payload;
  const record = await parts.directory.findRoom(organisationId, roomId);
  if (record === undefined) return refuse('ROOM.NOT_FOUND');
  const line = parts.lines.open({ organisationId, callId, endpointId, mediaOwnerId });
  void receiveCaller(parts, { line, record, payload }).catch(async (error: unknown) => {
    parts.logger.error({ error, callId, roomId }, 'A caller could not be taken into the meeting');
    await bidFarewell(parts, line, 'unavailable');
  });
  return { ok: true };
}

interface Caller {
  readonly line: PhoneLine;
  readonly record: RoomRecord;
  readonly payload: Payload;
}

/** answer → PIN → door → lobby or meeting. The caller may hang up at any step. */
async function receiveCaller(parts: ConferencingParts, caller: Caller): Promise<void> {
  const { announcements } = parts;
  const { line, record, payload } = caller;
  if (!(await line.answer())) return parts.lines.forget(line);
  if (record.pin === null) await line.play(await announcements.welcome(record.name));
  else {
    const isStranger = payload.caller.userId === null;
    if (isStranger && parts.pinGuard.isClosed(record.roomId)) return bidFarewell(parts, line, 'unavailable');
    const ask = [...(await announcements.welcome(record.name)), ...(await announcements.say('askPin'))];
    const wrong = await announcements.say('wrongPin');
    const noteWrong = (): void => parts.pinGuard.noteWrong(record.roomId);
    const verdict = await askPin(line, record.pin, { ask, wrong, noteWrong });
    if (verdict === 'wrong') return bidFarewell(parts, line, 'goodbye');
  }
  if (line.gone) return;

  const { userId } = payload.caller;
  const staff = userId === null ? undefined : await parts.directory.findStaff(record.organisationId, userId);
  const member = describeCaller(parts, caller, staff?.name);
  if (staff !== undefined) member.view = { ...member.view, identity: 'user', userId: staff.userId };
  const privileged = staff !== undefined && (staff.admin || staff.userId === record.ownerUserId);
  ignoreKeys(line);
  const room = await admitOrWait(parts, record, { member, privileged, trusted: staff !== undefined });
  if ('ok' in room) return bidFarewell(parts, line, room.code === 'ROOM.FULL' ? 'full' : 'unavailable');

  if (line.gone) {
    // Hung up while at the door: the line's own end found no member to take out.
    await room.run(async () => {
      await leaveRoom(parts, room, member, 'leave');
      await afterLeaving(parts, room);
    });
    return;
  }
  listenToKeys(parts, room, member);
  if (member.state === 'lobby') await line.play(await announcements.lobby(), { loop: true });
  else await greetEntered(parts, line);
}

/** Keys pressed at the door are not meant for the meeting. */
function ignoreKeys(line: PhoneLine): void {
  line.onKey = () => undefined;
}

function describeCaller(parts: ConferencingParts, { line, payload }: Caller, staffName: string | undefined): Member {
  const { number, name } = payload.caller;
  return {
    state: 'lobby',
    phone: line,
    view: {
      participantId: newId(ParticipantId),
      name: (staffName ?? name ?? number).slice(0, parts.limits.nameLength) || 'Phone',
      endpoint: 'phone',
      identity: 'caller',
      userId: null,
      number,
      role: 'member',
      state: 'lobby',
      muted: false,
      mutedByHost: false,
      handRaised: false,
      joinedAt: new Date(parts.clock.now()).toISOString(),
    },
  };
}
