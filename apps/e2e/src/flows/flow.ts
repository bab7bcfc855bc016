import type { FlowPhone } from '../harness/flow-phone.js';
import { pause, answer, receive, callerSends, inviteWithChallenge, type Step } from '../harness/sipp-steps.js';

/** Who takes part: Alice calls, Bob and Carol are registered. Dave registers and unregisters. Bob has a second line. */
export interface Cast {
  readonly alice: FlowPhone;
  readonly bob: FlowPhone;
  readonly bobToo: FlowPhone;
  readonly carol: FlowPhone;
  readonly dave: FlowPhone;
}

export interface Flow {
  /** `RFC section title`. */
  readonly name: string;
  run(cast: Cast): Promise<void>;
}

/** Plays the called sides' parts while the calling one plays its own. All of them have to come out as written. */
export async function playCall(
  name: string,
  caller: { readonly phone: FlowPhone; readonly calls: FlowPhone; readonly steps: readonly Step[] },
  called: readonly (readonly [FlowPhone, readonly Step[]])[],
): Promise<void> {
  const parts = [];
  for (const [phone, steps] of called) parts.push({ phone, sipp: await phone.play(name, steps) });
  const first = { phone: caller.phone, sipp: await caller.phone.play(name, caller.steps, caller.calls.extension) };
  const ends = await Promise.allSettled([first, ...parts].map(({ phone, sipp }) => phone.finish(sipp)));
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}

/** The calling side up to its ACK. */
export const callAndTalk = (): Step[] => [
  ...inviteWithChallenge(),
  receive(180, { has: ['To: [^\n]*;tag='] }),
  receive(200, { dialog: true, has: ['m=audio [0-9]+ RTP/AVP 0', 'Contact: ', 'CSeq: 2 INVITE'] }),
  callerSends('ACK', 2),
];

/** The called side up to the ACK that it gets. @param has patterns that the INVITE matches besides */
export const ringAndAnswer = (...has: readonly string[]): Step[] => [
  receive('INVITE', {
    dialog: true,
    keepParties: true,
    has: ['m=audio [0-9]+ RTP/AVP', 'Contact: ', 'Max-Forwards: 6[0-9]', ...has],
    // Its password is between the caller and us.
    hasNot: ['Authorization: '],
  }),
  answer('180 Ringing', { first: true }),
  pause(200),
  answer('200 OK', { first: true, sdp: 'sendrecv' }),
  receive('ACK'),
];

export const callerHangsUp = (cseq: number): Step[] => [callerSends('BYE', cseq), receive(200)];
export const takeBye = (): Step[] => [receive('BYE'), answer('200 OK')];
