import type { MediaDescription, SessionDescription } from '../session-description.js';
import { directionOf, receives } from '../views/direction.js';
import { isDisabled } from '../views/groups.js';
import { isIceRestart } from '../views/ice.js';
import { mediaAddressesOf } from '../views/media-transport.js';
import { isNewDtlsAssociation } from '../views/security.js';

/** What happened to one section between two descriptions of the same side (RFC 3264 §8). */
export interface MediaChange {
  /** From 0; sections keep their places for the whole session. */
  readonly section: number;
  readonly kind:
    /** A section more, or one that was off is used again (§8.1). */
    | 'added'
    /** Its port became 0 (§8.2). */
    | 'removed'
    /** Live before and after. */
    | 'kept'
    /** Off before and after. */
    | 'unused';
  /** The writer stopped or began again to take media: hold and resume (§8.4). */
  readonly hold: 'held' | 'resumed' | undefined;
  /** Media goes to another address or port (§8.3.1). */
  readonly moved: boolean;
  /** Other formats, or the same in another order (§8.3.2). */
  readonly formats: boolean;
  readonly iceRestart: boolean;
  readonly newDtls: boolean;
}

/** One entry per section of the later description. */
export function mediaChanges(before: SessionDescription, after: SessionDescription): MediaChange[] {
  return after.media.map((media, section) => changeOf({ before, after, media, section }));
}

function changeOf(of: {
  before: SessionDescription;
  after: SessionDescription;
  media: MediaDescription;
  section: number;
}): MediaChange {
  const { before, after, media, section } = of;
  const earlier = before.media[section];
  const live = !isDisabled(after, media);
  const lived = earlier !== undefined && !isDisabled(before, earlier);
  const still = { section, hold: undefined, moved: false, formats: false, iceRestart: false, newDtls: false };
  if (earlier === undefined || !lived) return { ...still, kind: live ? 'added' : 'unused' };
  if (!live) return { ...still, kind: 'removed' };
  const took = receives(directionOf(before, earlier));
  const takes = receives(directionOf(after, media));
  const [from, to] = [
    { session: before, media: earlier },
    { session: after, media },
  ];
  return {
    section,
    kind: 'kept',
    hold: took === takes ? undefined : takes ? 'resumed' : 'held',
    moved: addressOf(from) !== addressOf(to),
    formats: earlier.formats.join(' ') !== media.formats.join(' '),
    iceRestart: isIceRestart(from, to),
    newDtls: isNewDtlsAssociation(from, to),
  };
}

function addressOf({ session, media }: { session: SessionDescription; media: MediaDescription }): string {
  const rtp = mediaAddressesOf(session, media)?.rtp;
  return rtp === undefined ? '' : `${rtp.address} ${rtp.port}`;
}
