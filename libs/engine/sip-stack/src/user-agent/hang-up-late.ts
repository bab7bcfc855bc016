import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { InviteOptions } from '../api/outgoing-invite.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import type { OutgoingIdentity } from './outgoing-draft.js';
import { UnwantedAnswers } from './unwanted-answers.js';

const REASON = { protocol: 'SIP', cause: 408, text: 'Request Timeout' } as const;

/**
 * For servers that accept one sending of an INVITE when they have been left for their silence: the call goes on elsewhere,
 * or is over. The INVITE may have gone out again since, with another number and other credentials.
 */
export function hangUpLate(
  core: Core,
  options: Pick<InviteOptions, 'target' | 'credentials'>,
  sent: {
    readonly identity: OutgoingIdentity;
    readonly sequence: number;
    readonly authorization: readonly HeaderLine[];
  },
): (response: SipResponse, flow: SipFlow) => void {
  const { target, credentials } = options;
  const { sequence, authorization } = sent;
  const { callId, local } = sent.identity;
  let answers: UnwantedAnswers | undefined;
  return (response, flow) => {
    answers ??= new UnwantedAnswers(core, { callId, local, sequence, authorization, reason: REASON, credentials });
    answers.take(response, { target, flow: undefined, dialled: flow.reliable ? flow : undefined });
  };
}
