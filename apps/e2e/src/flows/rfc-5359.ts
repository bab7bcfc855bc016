import { answer, calleeSends, pause, receive, type Step } from '../harness/sipp-steps.js';
import { callAndTalk, callerHangsUp, playCall, ringAndAnswer, takeBye, type Flow } from './flow.js';

/** A later offer of the called side, and its answer. */
const offer = (cseq: number, sdp: 'sendrecv' | 'sendonly', answered: string): Step[] => [
  calleeSends('INVITE', cseq, { sdp, version: 1 + cseq }),
  receive(100, { optional: true }),
  receive(200, { has: [`a=${answered}`, 'm=audio [1-9][0-9]* RTP/AVP', `CSeq: ${cseq} INVITE`] }),
  calleeSends('ACK', cseq),
];

/** What the other side sees of it: it is told by the direction of an offer of ours (RFC 3264 §8.4). */
const takeOffer = (direction: 'sendrecv' | 'sendonly', version: number, ...has: readonly string[]): Step[] => [
  receive('INVITE', { has: [`a=${direction}`, ...has] }),
  answer('200 OK', { sdp: direction === 'sendonly' ? 'recvonly' : 'sendrecv', version }),
  receive('ACK'),
];

/** RFC 5359 §2: services. */
export const SERVICE_FLOWS: readonly Flow[] = [
  {
    name: '5359 2.1 hold and resume',
    run: ({ alice, bob }) =>
      playCall(
        'hold',
        {
          phone: alice,
          calls: bob,
          steps: [
            ...callAndTalk(),
            ...takeOffer('sendonly', 2),
            ...takeOffer('sendrecv', 3),
            pause(300),
            ...callerHangsUp(3),
          ],
        },
        [
          [
            bob,
            [
              ...ringAndAnswer(),
              pause(300),
              ...offer(1, 'sendonly', 'recvonly'),
              pause(300),
              ...offer(2, 'sendrecv', 'sendrecv'),
              ...takeBye(),
            ],
          ],
        ],
      ),
  },
  {
    name: '5359 2.4 unattended transfer: REFER, NOTIFYs of it, BYE',
    run: ({ alice, bob, carol }) =>
      playCall(
        'unattended transfer',
        {
          phone: alice,
          calls: bob,
          // Carillon sees to the REFER itself: Alice keeps her dialog, and is told in it who she talks to now.
          steps: [
            ...callAndTalk(),
            ...takeOffer('sendrecv', 2, `P-Asserted-Identity: [^\n]*<sip:${carol.extension}@`),
            ...takeBye(),
          ],
        },
        [
          [
            bob,
            [
              ...ringAndAnswer(),
              pause(300),
              calleeSends('REFER', 1, {
                headers: [`Refer-To: <sip:${carol.extension}@[field1]>`, 'Referred-By: <sip:[field0]@[field1]>'],
              }),
              receive(202, { optional: true, next: 'accepted' }),
              receive(200),
              '<label id="accepted"/>',
              ...takeNotify('100', 'active'),
              ...takeNotify('180', 'active'),
              ...takeNotify('200', 'terminated;reason=noresource'),
              ...takeBye(),
            ],
          ],
          [
            carol,
            [...ringAndAnswer(`Referred-By: <sip:${bob.extension}@`), pause(500), calleeSends('BYE', 1), receive(200)],
          ],
        ],
      ),
  },
  {
    name: '5359 2.7 unconditional forwarding: 302 of the phone',
    run: ({ alice, bob, carol }) =>
      playCall('forwarding', { phone: alice, calls: bob, steps: [...callAndTalk(), pause(300), ...callerHangsUp(3)] }, [
        [
          bob,
          [
            receive('INVITE'),
            answer('302 Moved Temporarily', {
              first: true,
              contact: `Contact: <sip:${carol.extension}@[field1]>`,
            }),
            receive('ACK'),
          ],
        ],
        [carol, [...ringAndAnswer(), ...takeBye()]],
      ]),
  },
];

function takeNotify(status: string, state: string): Step[] {
  return [
    receive('NOTIFY', {
      has: [`SIP/2.0 ${status}`, `Subscription-State: ${state}`, 'Event: refer', 'Content-Type: message/sipfrag'],
    }),
    answer('200 OK'),
  ];
}
