import type { ConferencingParts } from '../conferencing-parts.js';
import type { PhoneLine } from '../phone/phone-line.js';
import { NO_STAR, readStarCode, type StarCode } from '../phone/star-codes.js';
import type { Member, Room } from '../room/room.js';
import { setMuted } from './mute.js';
import { setHand } from './raise-hand.js';

/** Tells a phone that it is in; replaces whatever it heard in the lobby. */
export async function greetEntered({ announcements }: ConferencingParts, line: PhoneLine): Promise<void> {
  await line.play(await announcements.say('entered'));
}

type Perform = (parts: ConferencingParts, room: Room, member: Member) => Promise<void>;
const PERFORM: Readonly<Record<StarCode, Perform>> = {
  'toggle-mute': (parts, room, member) => setMuted(parts, room, { member, muted: !member.view.muted, byHost: false }),
  'toggle-hand': (parts, room, member) => Promise.resolve(setHand(parts, room, member, !member.view.handRaised)),
};

/** From now on the phone's keys are star codes; in the lobby they do nothing. */
export function listenToKeys(parts: ConferencingParts, room: Room, member: Member): void {
  const line = member.phone;
  if (line === undefined) return;
  let state = NO_STAR;
  line.forgetDigits();
  line.onKey = (digit) => {
    const read = readStarCode(state, digit, parts.clock.now());
    state = read.state;
    const { code } = read;
    if (code === undefined) return;
    void room.run(async () => {
      if (member.state === 'entered') await PERFORM[code](parts, room, member);
    });
  };
}
