import {
  acknowledgeRefusal,
  answer,
  calleeSends,
  cancel,
  CONTACT,
  inviteWithChallenge,
  pause,
  receive,
  register,
  registerWithChallenge,
} from '../harness/sipp-steps.js';
import { callAndTalk, callerHangsUp, playCall, ringAndAnswer, takeBye, type Flow } from './flow.js';

const SECOND_CONTACT = 'Contact: <sip:[field0]@127.0.0.1:9;transport=[transport]>';
const EXPIRES = 'Expires: 300';
/** The second contact in the list of an answer. */
const LISTED = 'sip:[^@]+@127.0.0.1:9;[^\n]*expires=[0-9]+';

/** RFC 3665 §2: registrations. */
export const REGISTRATION_FLOWS: readonly Flow[] = [
  {
    name: '3665 2.1 successful new registration',
    run: async ({ dave }) => {
      const steps = registerWithChallenge(1, [CONTACT, EXPIRES], {
        has: ['Contact: <sip:[^>]*>[^\n]*;expires=(300|29[0-9])', 'To: [^\n]*;tag=', 'CSeq: 2 REGISTER'],
      });
      await dave.act('registration', steps);
    },
  },
  {
    name: '3665 2.2 update of contact list, with credentials and no new challenge',
    run: async ({ dave }) => {
      await dave.act('update', [
        ...registerWithChallenge(1, [CONTACT, EXPIRES]),
        register(3, [SECOND_CONTACT, EXPIRES, '[field2]']),
        receive(200, { has: [LISTED, 'expires=.*expires='], hasNot: ['WWW-Authenticate'] }),
      ]);
    },
  },
  {
    name: '3665 2.3 request for current contact list',
    run: async ({ dave }) => {
      await dave.act('list', [
        ...registerWithChallenge(1, [CONTACT, EXPIRES]),
        register(3, [SECOND_CONTACT, EXPIRES, '[field2]']),
        receive(200),
        register(4, ['[field2]']),
        receive(200, { has: [LISTED, 'expires=.*expires='] }),
      ]);
    },
  },
  {
    name: '3665 2.4 cancellation of registration',
    run: async ({ dave }) => {
      await dave.act('cancellation', [
        ...registerWithChallenge(1, [CONTACT, EXPIRES]),
        register(3, ['Contact: *', 'Expires: 0', '[field2]']),
        receive(200, { hasNot: ['Contact:'] }),
        register(4, ['[field2]']),
        receive(200, { hasNot: ['Contact:'] }),
      ]);
    },
  },
  {
    name: '3665 2.5 unsuccessful registration: 403, and nothing registered',
    run: async ({ dave }) => {
      await dave.act('refusal', [
        register(1, [CONTACT, EXPIRES]),
        receive(401, { challenge: true }),
        register(2, [CONTACT, EXPIRES, '[field4]']),
        // The RFC shows a second 401. Carillon says 403, so that a phone stops asking (RFC 3261 §21.4.4).
        receive(403, { hasNot: ['Contact:', 'WWW-Authenticate'] }),
      ]);
    },
  },
];

/** RFC 3665 §3: sessions. */
export const SESSION_FLOWS: readonly Flow[] = [
  {
    name: '3665 3.1, 3.3 session establishment with authentication; the called side hangs up',
    run: ({ alice, bob }) =>
      playCall('session', { phone: alice, calls: bob, steps: [...callAndTalk(), ...takeBye()] }, [
        [bob, [...ringAndAnswer(), pause(300), calleeSends('BYE', 1), receive(200)]],
      ]),
  },
  {
    name: '3665 3.7 re-INVITE with a changed address',
    run: ({ alice, bob }) => {
      const contact = 'Contact: <sip:moved@[local_ip]:[local_port];transport=[transport]>';
      return playCall(
        'changed address',
        { phone: alice, calls: bob, steps: [...callAndTalk(), pause(1500), ...callerHangsUp(3)] },
        [
          [
            bob,
            [
              ...ringAndAnswer(),
              pause(300),
              calleeSends('INVITE', 1, { sdp: 'sendrecv', version: 2, contact }),
              receive(100, { optional: true }),
              receive(200, { has: ['m=audio [1-9][0-9]* RTP/AVP', 'Contact: '] }),
              calleeSends('ACK', 1),
              // RFC 3261 §12.2.2: what follows goes to where it is now.
              receive('BYE', { has: ['^BYE sip:moved@'] }),
              answer('200 OK'),
            ],
          ],
        ],
      );
    },
  },
  {
    name: '3665 3.8 no answer: CANCEL, 487 on both sides',
    run: ({ alice, bob }) =>
      playCall(
        'no answer',
        { phone: alice, calls: bob, steps: [...inviteWithChallenge(), receive(180), pause(500), ...cancel()] },
        [
          [
            bob,
            [
              receive('INVITE'),
              answer('180 Ringing', { first: true }),
              receive('CANCEL', { has: ['CSeq: [0-9]+ CANCEL'] }),
              answer('200 OK', { first: true }).replace(' retrans="500"', ''),
              answer('487 Request Terminated', { first: true, cseq: 'CSeq: [cseq] INVITE' }),
              receive('ACK'),
            ],
          ],
        ],
      ),
  },
  ...(
    [
      ['3.9 busy', '486 Busy Here', 486],
      ['3.11 temporarily unavailable', '480 Temporarily Unavailable', 480],
    ] as const
  ).map(([title, status, code]): Flow => ({
    name: `3665 ${title}`,
    run: ({ alice, bob }) =>
      playCall(
        title,
        {
          phone: alice,
          calls: bob,
          steps: [...inviteWithChallenge(), receive(180), receive(code), acknowledgeRefusal(2)],
        },
        [
          [
            bob,
            [
              receive('INVITE'),
              answer('180 Ringing', { first: true }),
              answer(status, { first: true }),
              receive('ACK', { has: ['CSeq: [0-9]+ ACK'] }),
            ],
          ],
        ],
      ),
  })),
];

/** The last one: the INVITE that nobody took is still repeated after it (RFC 3261 §9.1, §17.1.1.2). */
export const SILENT_PHONE: readonly Flow[] = [
  {
    name: '3665 3.10 no response from the phone: the caller gives up and gets 487',
    run: ({ alice, bob }) =>
      playCall(
        'no response',
        { phone: alice, calls: bob, steps: [...inviteWithChallenge(), pause(700), ...cancel()] },
        [],
      ),
  },
];
