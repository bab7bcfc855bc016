import type { LadderMessage } from '@carillon/contracts';
import { describeMessage } from './describe-message.js';
import type { Way } from './entry-log.js';

/** How a message crossed: all that is kept of it beside its octets. */
export type Crossing = Way &
  Pick<LadderMessage, 'at' | 'participant' | 'direction' | 'sipCallId' | 'repeats' | 'lastRepeatAt'>;

/** A message as it is shown, with what it is at a glance. @param octets a character each */
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
