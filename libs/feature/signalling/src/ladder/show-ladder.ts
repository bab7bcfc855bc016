import type { Ladder, LadderEntry, LadderMessage, LadderNote } from '@carillon/contracts';
import { describeMessage } from './describe-message.js';
import type { KeptMessage } from './kept-entry.js';
import type { DraftMessage, LadderDraft } from './ladder-draft.js';

/** How a message crossed: all that is kept of it beside its octets. */
export type Crossing = Pick<LadderMessage, 'participant'> & Omit<KeptMessage, 'kind' | 'order' | 'bytes'>;

/** A ladder as it is shown, with what each message is at a glance. */
export function showLadder({ entries, ...ladder }: LadderDraft): Ladder {
  return { ...ladder, entries: entries.map(showEntry) };
}

function showEntry(entry: DraftMessage | LadderNote): LadderEntry {
  if (entry.kind === 'note') {
    const { kind, at, participant, category, code, text } = entry;
    return { kind, at, participant, category, code, text };
  }
  const { kept, participant, localAddress, octets } = entry;
  return showMessage({ ...kept, participant, localAddress }, octets.latin1Slice(0, octets.length));
}

/** @param octets a character each */
export function showMessage(crossing: Crossing, octets: string): LadderMessage {
  return {
    kind: 'message',
    at: crossing.at,
    participant: crossing.participant,
    direction: crossing.direction,
    protocol: crossing.protocol,
    local: { address: crossing.localAddress, port: crossing.localPort },
    remote: { address: crossing.remoteAddress, port: crossing.remotePort },
    sipCallId: crossing.sipCallId,
    ...describeMessage(octets),
    repeats: crossing.repeats,
    lastRepeatAt: crossing.lastRepeatAt,
    octets,
  };
}
