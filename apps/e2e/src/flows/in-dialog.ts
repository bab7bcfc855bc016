import { answer, calleeSends, receive, type Step } from '../harness/sipp-steps.js';

/** A later offer of the called side, and its answer. */
export const offer = (cseq: number, sdp: 'sendrecv' | 'sendonly' | 'inactive', answered: string): Step[] => [
  calleeSends('INVITE', cseq, { sdp, version: 1 + cseq }),
  receive(100, { optional: true }),
  receive(200, { has: [`a=${answered}`, 'm=audio [1-9][0-9]* RTP/AVP', `CSeq: ${cseq} INVITE`] }),
  calleeSends('ACK', cseq),
];

/** What the other side sees of it: it is told by the direction of an offer of ours (RFC 3264 §8.4). */
export const takeOffer = (direction: 'sendrecv' | 'sendonly', version: number, ...has: readonly string[]): Step[] => [
  receive('INVITE', { has: [`a=${direction}`, ...has] }),
  answer('200 OK', { sdp: direction === 'sendonly' ? 'recvonly' : 'sendrecv', version }),
  receive('ACK'),
];

/** News of a REFER (RFC 3515 §2.4.5). */
export function takeNotify(status: string, state: string): Step[] {
  return [
    receive('NOTIFY', {
      has: [`SIP/2.0 ${status}`, `Subscription-State: ${state}`, 'Event: refer', 'Content-Type: message/sipfrag'],
    }),
    answer('200 OK'),
  ];
}
