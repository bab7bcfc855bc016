import type { Ladder, LadderEntry, LadderNote } from '@carillon/contracts';
import { describeMessage } from './describe-message.js';
import type { DraftMessage, LadderDraft } from './ladder-draft.js';

/** A ladder as it is shown, with what each message is at a glance. */
export function showLadder({ entries, ...ladder }: LadderDraft): Ladder {
  return { ...ladder, entries: entries.map(showEntry) };
}

function showEntry(entry: DraftMessage | LadderNote): LadderEntry {
  if (entry.kind === 'note') {
    const { kind, at, participant, category, code, text } = entry;
    return { kind, at, participant, category, code, text };
  }
  const { kept, participant, localAddress } = entry;
  const octets = entry.octets.latin1Slice(0, entry.octets.length);
  return {
    kind: 'message',
    at: kept.at,
    participant,
    direction: kept.direction,
    protocol: kept.protocol,
    local: { address: localAddress, port: kept.localPort },
    remote: { address: kept.remoteAddress, port: kept.remotePort },
    sipCallId: kept.sipCallId,
    ...describeMessage(octets),
    repeats: kept.repeats,
    lastRepeatAt: kept.lastRepeatAt,
    octets,
  };
}
