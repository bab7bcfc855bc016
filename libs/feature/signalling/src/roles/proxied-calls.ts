import type { SipRequest, SipResponse } from '@carillon/sip-message';
import type { PassingRequest, ProxyOutcome } from '@carillon/sip-stack';
import { endCall } from '../call/actions/end-call.js';
import { failureOfStatus, OUTCOME_OF_FAILURE } from '../call/call-failure.js';
import type { CallParts } from '../call/call-parts.js';
import { Call } from '../call/call.js';
import { Leg } from '../call/leg.js';
import { partyOf, type Caller } from '../inbound/caller.js';
import { remarks } from '../ladder/remarks.js';
import type { CallBetweenPhones } from './choose-role.js';
import type { ReachablePhone } from './reach-user.js';

/** A call whose BYE never came through us is written off: both phones may have lost their power. */
const LONGEST_CALL_MS = 12 * 60 * 60 * 1000;

/** What a proxy hears of a call that it passes on. */
export interface CallWatch {
  readonly progress: (response: SipResponse) => void;
  readonly final: (outcome: ProxyOutcome) => void;
}

interface Watched {
  readonly call: Call;
  /** Of the caller: tells who hangs up. */
  readonly fromTag: string;
  stopTimer: () => void;
}

/** History of the calls that are only passed on: who called whom, whether it was answered, and when a BYE went by. */
export class ProxiedCalls {
  private readonly bySipCallId = new Map<string, Watched>();

  constructor(private readonly parts: CallParts) {}

  begin(request: SipRequest, about: { caller: Caller; call: CallBetweenPhones }): CallWatch {
    const { parts } = this;
    const { caller } = about;
    const { directory, route, phones } = about.call;
    const sipCallId = request.callId ?? '';
    const call = new Call({ directory, from: partyOf(caller.user), route, startedAt: parts.clock.now() });
    const led = new Leg('caller', call.from, caller.device.deviceId, { kind: 'outgoing', invite: undefined });
    const legs = new Map(phones.map((phone) => [phone.target.uri, calleeLeg(phone, route.target)]));
    call.legs.push(led, ...legs.values());
    call.led = led;
    parts.ladders.join(call, led, { sipCallId, device: caller.device.name, passedOn: true });
    parts.ladders.note(call, remarks.routed(route));
    parts.calls.add(call);
    let rang = false;
    return {
      progress: () => {
        rang = true;
        for (const leg of legs.values()) leg.apply('ring');
        if (call.apply('ring', parts.clock.now())) parts.calls.updated(call);
      },
      final: (outcome) => {
        if (outcome.status >= 200 && outcome.status < 300) {
          const winner = outcome.target === undefined ? undefined : legs.get(outcome.target.uri);
          this.answered(call, { winner, sipCallId, fromTag: request.fromTag ?? '' });
        } else this.failed(call, outcome, rang);
      },
    };
  }

  /** A request inside a dialog went by. */
  passing({ request }: PassingRequest): void {
    if (request.method !== 'BYE') return;
    const sipCallId = request.callId ?? '';
    const watched = this.bySipCallId.get(sipCallId);
    if (watched === undefined) return;
    const side = request.fromTag === watched.fromTag ? 'caller' : 'called party';
    this.end(sipCallId, `Hung up by the ${side}`);
  }

  private answered(call: Call, answer: { winner: Leg | undefined; sipCallId: string; fromTag: string }): void {
    const { parts } = this;
    const { winner, sipCallId, fromTag } = answer;
    for (const leg of call.legs) {
      if (leg !== call.led && leg !== winner) {
        leg.reason = 'Completed elsewhere';
        leg.apply('end');
        continue;
      }
      leg.sipStatus = 200;
      leg.apply('answer');
    }
    call.peer = winner;
    call.apply('answer', parts.clock.now());
    parts.calls.answered(call);
    if (winner !== undefined) {
      parts.ladders.note(call, remarks.answered(winner.legId, winner.party.name ?? winner.party.number));
    }
    const stopTimer = parts.clock.after(LONGEST_CALL_MS, () => this.end(sipCallId, 'No end was seen'));
    this.bySipCallId.set(sipCallId, { call, fromTag, stopTimer });
  }

  private failed(call: Call, { status, reason, cancelled }: ProxyOutcome, rang: boolean): void {
    const failure = failureOfStatus(status, rang);
    endCall(this.parts, call, {
      outcome: cancelled ? 'cancelled' : OUTCOME_OF_FAILURE[failure.kind],
      reason: cancelled ? 'Cancelled by the caller' : reason || failure.reason,
      sipStatus: status,
    });
  }

  private end(sipCallId: string, reason: string): void {
    const watched = this.bySipCallId.get(sipCallId);
    if (watched === undefined) return;
    this.bySipCallId.delete(sipCallId);
    watched.stopTimer();
    endCall(this.parts, watched.call, { outcome: 'answered', reason });
  }
}

function calleeLeg({ binding }: ReachablePhone, { number, name }: Call['to']): Leg {
  const { userId, deviceId } = binding.device;
  return new Leg('callee', { number, name, userId }, deviceId, { kind: 'outgoing', invite: undefined });
}
