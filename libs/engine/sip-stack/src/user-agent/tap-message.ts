import { parseMessage } from '@carillon/sip-message';
import type { SipMessage } from '@carillon/sip-message';
import type { UserAgentOptions } from '../api/user-agent.js';
import type { SipFlow } from '../transport/sip-flow.js';

/** Shows a message to who listens in; what goes out is parsed only when it is asked for. */
export function tapMessage(
  tap: UserAgentOptions['tap'],
  about: { direction: 'in' | 'out'; bytes: Buffer; flow: SipFlow; parsed: SipMessage | undefined },
): void {
  if (tap === undefined) return;
  const { direction, bytes, flow } = about;
  let { parsed } = about;
  tap({
    direction,
    flow,
    bytes,
    message: () => {
      if (parsed === undefined) {
        const result = parseMessage(bytes);
        parsed = result.ok ? result.message : undefined;
      }
      return parsed;
    },
  });
}
