import { answer, calleeSends, pause, receive } from '../harness/sipp-steps.js';
import { callAndTalk, callerHangsUp, playCall, ringAndAnswer, takeBye, type Flow } from './flow.js';
import { offer, takeNotify, takeOffer } from './in-dialog.js';

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
