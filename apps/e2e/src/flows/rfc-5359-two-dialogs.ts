import type { FlowPhone } from '../harness/flow-phone.js';
import type { Sipp } from '../harness/sipp.js';
import {
  answer,
  callerSends,
  calleeSends,
  fetchState,
  inviteWithChallenge,
  pause,
  receive,
  type Step,
} from '../harness/sipp-steps.js';
import { until } from '../harness/wait.js';
import { callAndTalk, callerHangsUp, ringAndAnswer, takeBye, type Cast, type Flow } from './flow.js';
import { offer, takeNotify, takeOffer } from './in-dialog.js';

/** How long the first dialog of a phone waits for what its second one does, ms. */
const CONSULTATION_MS = 2_500;
/** Time for what one side has done to reach the other, ms. */
const SETTLE_MS = 300;

/** The parts that are being played; all of them have to come out as written. */
class Parts {
  private readonly running: { readonly phone: FlowPhone; readonly sipp: Sipp }[] = [];

  constructor(private readonly name: string) {}

  async begin(phone: FlowPhone, steps: readonly Step[], calls?: FlowPhone): Promise<Sipp> {
    const sipp = await phone.play(this.name, steps, calls?.extension);
    this.running.push({ phone, sipp });
    return sipp;
  }

  async end(): Promise<void> {
    const ends = await Promise.allSettled(this.running.map(({ phone, sipp }) => phone.finish(sipp)));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    if (failures.length > 0) throw new Error(failures.join('\n\n'));
  }
}

/** Alice talks to Bob, who puts her on hold and calls Carol from his second line. */
async function consult(
  name: string,
  { alice, bob, bobToo, carol }: Cast,
  steps: Readonly<Record<'alice' | 'bob' | 'bobToo' | 'carol', readonly Step[]>>,
): Promise<{ readonly parts: Parts; readonly first: Sipp; readonly second: Sipp }> {
  const parts = new Parts(name);
  const first = await parts.begin(bob, [
    ...ringAndAnswer(),
    pause(SETTLE_MS),
    ...offer(1, 'sendonly', 'recvonly'),
    pause(CONSULTATION_MS),
    ...steps.bob,
  ]);
  await parts.begin(carol, [...ringAndAnswer(), ...steps.carol]);
  await parts.begin(alice, [...callAndTalk(), ...takeOffer('sendonly', 2), ...steps.alice], bob);
  await until('Bob to hold', () => first.soFar.includes('a=recvonly'));
  const second = await parts.begin(bobToo, [...callAndTalk(), ...steps.bobToo], carol);
  return { parts, first, second };
}

/** The dialog that a calling SIPp has made, as Replaces names it to the other side (RFC 3891 §6.1), for a URI's header. */
async function replacesOf(sipp: Sipp): Promise<string> {
  const [, fromTag, toTag, callId] = await until(
    'the second dialog',
    () =>
      /SIP\/2\.0 200 OK\r?\n(?=[^]*?From: [^\n]*;tag=([^\s;]+))(?=[^]*?To: [^\n]*;tag=([^\s;]+))[^]*?Call-ID: (\S+)/.exec(
        sipp.soFar,
      ) ?? undefined,
  );
  return encodeURIComponent(`${callId};to-tag=${toTag};from-tag=${fromTag}`);
}

/** RFC 5359 §2: services in which one phone has two dialogs. */
export const TWO_DIALOG_FLOWS: readonly Flow[] = [
  {
    name: '5359 2.2 consultation hold',
    run: async (cast) => {
      const { parts } = await consult('consultation hold', cast, {
        alice: [...takeOffer('sendrecv', 3), pause(SETTLE_MS), ...callerHangsUp(3)],
        bob: [...offer(2, 'sendrecv', 'sendrecv'), ...takeBye()],
        bobToo: [pause(500), ...callerHangsUp(3)],
        carol: takeBye(),
      });
      await parts.end();
    },
  },
  {
    name: '5359 2.5 attended transfer: REFER with Replaces of the second dialog',
    run: async (cast) => {
      const { carol, alice } = cast;
      const target = `<sip:${carol.extension}@[field1]?Replaces=[file name=replaces]>`;
      const { parts, first, second } = await consult('attended transfer', cast, {
        // Carillon joins the two itself: each keeps its dialog, and is told in it who it talks to now.
        alice: [...takeOffer('sendrecv', 3, `P-Asserted-Identity: [^\n]*<sip:${carol.extension}@`), ...takeBye()],
        bob: [
          calleeSends('REFER', 2, { headers: [`Refer-To: ${target}`, 'Referred-By: <sip:[field0]@[field1]>'] }),
          receive(202, { optional: true, next: 'accepted' }),
          receive(200),
          '<label id="accepted"/>',
          ...takeNotify('100', 'active'),
          ...takeNotify('200', 'terminated;reason=noresource'),
          ...takeBye(),
        ],
        bobToo: takeBye(),
        carol: [
          ...takeOffer('sendrecv', 2, `P-Asserted-Identity: [^\n]*<sip:${alice.extension}@`),
          pause(SETTLE_MS),
          calleeSends('BYE', 1),
          receive(200),
        ],
      });
      first.put('replaces', await replacesOf(second));
      await parts.end();
    },
  },
  {
    name: '5359 2.16 call pickup: what rings is asked for, and replaced',
    run: async ({ alice, bob, bobToo }) => {
      const parts = new Parts('pickup');
      await parts.begin(bob, [
        receive('INVITE'),
        answer('180 Ringing', { first: true }),
        receive('CANCEL', { has: ['Reason: [^\n]*cause=200'] }),
        answer('200 OK', { first: true }).replace(' retrans="500"', ''),
        answer('487 Request Terminated', { first: true, cseq: 'CSeq: [cseq] INVITE' }),
        receive('ACK'),
      ]);
      const calling = await parts.begin(alice, [...callAndTalk(), pause(SETTLE_MS), ...callerHangsUp(3)], bob);
      await until('Bob to ring', () => calling.soFar.includes('SIP/2.0 180 '));
      const replaces = 'Replaces: [$dialog];to-tag=[$local];from-tag=[$remote];early-only';
      await parts.begin(
        bobToo,
        [
          ...fetchState('dialog', 'application/dialog-info+xml'),
          receive('NOTIFY', {
            has: ['Subscription-State: terminated', '<state>early</state>'],
            keep: {
              dialog: 'call-id="([^"]+)"',
              local: 'local-tag="([^"]+)"',
              remote: 'remote-tag="([^"]+)"',
            },
          }),
          answer('200 OK'),
          ...inviteWithChallenge({ headers: [replaces] }),
          receive(200, { dialog: true, has: ['m=audio [0-9]+ RTP/AVP 0'] }),
          callerSends('ACK', 2),
          ...takeBye(),
        ],
        bob,
      );
      await parts.end();
    },
  },
];
