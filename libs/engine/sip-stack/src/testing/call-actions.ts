import type { IncomingInvite } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { OutgoingInvite } from '../api/outgoing-invite.js';
import { ANSWER, SDP } from './test-bed.js';

/** What both sides of a call hold at some moment. */
export interface CallSides {
  readonly invites: OutgoingInvite[];
  readonly ringing: IncomingInvite[];
  /** Dialogs of each side, early ones too, oldest first. */
  readonly caller: InviteSession[];
  readonly callee: InviteSession[];
  accepted(session: InviteSession): void;
  callAgain(): void;
  restartCallee(): void;
  /** The caller subscribes to something beside its call. */
  watch(): void;
  /** What is subscribed to changes. */
  showOthers(): void;
  /** All connections break, at both ends. */
  breakConnections(): void;
}

type Act = (sides: CallSides) => void;

const each = (sessions: readonly InviteSession[], act: (session: InviteSession) => unknown): void => {
  for (const session of sessions) void act(session);
};

const accept = (sides: CallSides, invite: IncomingInvite | undefined): void => {
  const session = invite?.accept({ sdp: ANSWER });
  if (session !== undefined) sides.accepted(session);
};

/** Everything that either side may do at any moment, sensible or not. */
export const ACTIONS = {
  'caller cancels': ({ invites }) => invites.at(-1)?.cancel(),
  'caller hangs up': ({ caller }) => each(caller.slice(-1), (session) => session.bye()),
  'caller hangs up everything': ({ caller }) => each(caller, (session) => session.bye()),
  'caller re-invites': ({ caller }) => each(caller.slice(-1), (session) => session.reinvite({ sdp: SDP })),
  'caller re-invites without offer': ({ caller }) =>
    each(caller.slice(-1), async (session) => {
      const outcome = await session.reinvite();
      if (outcome.ok) outcome.acknowledge({ sdp: SDP });
    }),
  'caller re-invites and cancels': ({ caller }) =>
    each(caller.slice(-1), (session) => {
      void session.reinvite({ sdp: SDP });
      session.cancelReinvite();
    }),
  'caller updates': ({ caller }) => each(caller, (session) => session.update()),
  'caller offers by UPDATE': ({ caller }) => each(caller, (session) => session.update({ sdp: SDP })),
  'caller informs': ({ caller }) => each(caller, (session) => session.info({ contentType: 'text/plain', body: 'x' })),
  'caller transfers': ({ caller }) =>
    each(caller, (session) => session.refer({ referTo: { target: 'sip:c@c.example' } })),
  'caller calls again with the same Call-ID': (sides) => sides.callAgain(),
  'callee rings': ({ ringing }) => void ringing.at(-1)?.progress(180),
  'callee rings reliably': ({ ringing }) => void ringing.at(-1)?.progress(180, { reliable: true }),
  'callee answers early': ({ ringing }) => void ringing.at(-1)?.progress(183, { sdp: ANSWER }),
  'callee answers early, reliably': ({ ringing }) =>
    void ringing.at(-1)?.progress(183, { sdp: ANSWER, reliable: true }),
  'callee accepts': (sides) => accept(sides, sides.ringing.at(-1)),
  'first callee accepts': (sides) => accept(sides, sides.ringing[0]),
  'callee rejects': ({ ringing }) => ringing.at(-1)?.reject(486),
  'callee hangs up': ({ callee }) => each(callee.slice(-1), (session) => session.bye()),
  'callee re-invites': ({ callee }) => each(callee.slice(-1), (session) => session.reinvite({ sdp: ANSWER })),
  'callee updates': ({ callee }) => each(callee, (session) => session.update({ sdp: ANSWER })),
  'caller holds and resumes': ({ caller }) =>
    each(caller.slice(-1), async (session) => {
      await session.reinvite({ sdp: `${SDP}a=sendonly\r\n` });
      await session.reinvite({ sdp: SDP });
    }),
  'callee transfers': ({ callee }) => each(callee, (session) => session.refer({ referTo: 'sip:c@c.example' })),
  'caller watches': (sides) => sides.watch(),
  'what is watched changes': (sides) => sides.showOthers(),
  'connections break': (sides) => sides.breakConnections(),
  'callee restarts': (sides) => sides.restartCallee(),
  'both re-invite': ({ caller, callee }) => {
    each(caller.slice(-1), (session) => session.reinvite({ sdp: SDP }));
    each(callee.slice(-1), (session) => session.reinvite({ sdp: ANSWER }));
  },
  'both update': ({ caller, callee }) => {
    each(caller, (session) => session.update({ sdp: SDP }));
    each(callee, (session) => session.update({ sdp: ANSWER }));
  },
  'time passes': () => undefined,
} satisfies Record<string, Act>;

export type CallAction = keyof typeof ACTIONS;
export const CALL_ACTIONS = Object.keys(ACTIONS) as CallAction[];
