import { ownText } from '@carillon/sip-message';
import type { SipRequest, SipResponse } from '@carillon/sip-message';
import type {
  IncomingInvite,
  PassedRequest,
  PassingRequest,
  ProxiedRequest,
  ProxyOutcome,
  RoutedRequest,
} from '@carillon/sip-stack';
import { endCall } from '../call/actions/end-call.js';
import { endUntaken } from '../call/actions/end-untaken.js';
import { leadCall } from '../call/actions/lead-call.js';
import { failureOfStatus, NO_ANSWER, OUTCOME_OF_FAILURE, type CallFailure } from '../call/call-failure.js';
import type { CallParts } from '../call/call-parts.js';
import { Call } from '../call/call.js';
import { newSessionUuid, readSessionUuid } from '../call/headers/session-identifier.js';
import { historyOf } from '../call/history/call-history.js';
import { Leg } from '../call/leg.js';
import type { PassedOn } from '../call/passed-on.js';
import { asksForEveryHop } from '../inbound/asks-for-every-hop.js';
import { partyOf, type Caller } from '../inbound/caller.js';
import { remarks } from '../ladder/remarks.js';
import type { Binding } from '../registrar/binding.js';
import type { BindingEvent } from '../registrar/registrar.js';
import type { Route } from '../routing/route-call.js';
import type { CallBetweenPhones } from './choose-role.js';
import { ProxiedDialogs, type DialogSide, type ProxiedDialogCopy } from './proxied-dialogs.js';
import type { ReachablePhone } from './reach-user.js';

/** The user agent gets a request that is taken over at once, unless it refuses it by itself (e.g. 420). */
const TAKEN_WITHIN_MS = 1_000;

/** What a proxy hears of a call that it passes on. */
export interface CallWatch {
  readonly begun: (proxied: ProxiedRequest) => void;
  readonly progress: (response: SipResponse) => void;
  readonly final: (outcome: ProxyOutcome) => void;
  /** Nobody took it. @returns whether its route goes on here, e.g. to voicemail */
  readonly takeOver: (outcome: ProxyOutcome) => boolean;
}

/** A call that is being passed on. */
interface Passing {
  readonly call: Call;
  readonly led: Leg;
  readonly request: SipRequest;
  /** The registration of the phone that calls; it may have none. */
  readonly callerBinding: Binding | undefined;
  readonly route: Route;
  /** Of the phones, by the URI they are called at. */
  readonly legs: ReadonlyMap<string, { readonly leg: Leg; readonly binding: Binding }>;
  rang: boolean;
}

/** A call that was passed on in vain, for the INVITE that the user agent gets next. */
interface TakenOver {
  readonly passing: Passing;
  readonly failure: CallFailure;
}

/**
 * Calls that are only passed on: who called whom, whether it was answered, and when it was over. Where no phone takes one,
 * the rest of its route is followed here, as for any other call: the proxy adds ourselves as the last target.
 */
export class ProxiedCalls {
  private readonly dialogs: ProxiedDialogs;
  private readonly taken = new WeakMap<SipRequest, TakenOver>();

  constructor(private readonly parts: CallParts) {
    this.dialogs = new ProxiedDialogs(parts);
  }

  begin({ request, source, uri }: RoutedRequest, about: { caller: Caller; call: CallBetweenPhones }): CallWatch {
    const { parts } = this;
    const { caller } = about;
    const { directory, route, phones } = about.call;
    const sipCallId = ownText(request.callId ?? '');
    const call = new Call({
      directory,
      from: partyOf(caller.user),
      route,
      startedAt: parts.clock.now(),
      callId: parts.calls.newId(),
      // Where its route goes on here, it goes on as it was asked for.
      secure: asksForEveryHop(uri, { request, source }, directory.deviceProfiles),
    });
    call.history = historyOf(request, { number: route.target.number, domain: call.domain });
    const led = new Leg('caller', call.from, caller.device.deviceId, { kind: 'outgoing', invite: undefined });
    led.sessionUuid = readSessionUuid(request) ?? newSessionUuid();
    const legs = new Map(
      phones.map((phone) => [phone.target.uri, { leg: calleeLeg(phone, route.target), binding: phone.binding }]),
    );
    call.legs.push(led, ...[...legs.values()].map(({ leg }) => leg));
    call.led = led;
    parts.ladders.join(call, led, { sipCallId, device: caller.device.name, passedOn: true });
    parts.ladders.note(call, remarks.routed(route));
    parts.calls.add(call);
    const callerBinding = parts.registrar.ofDevice(caller.device.deviceId).find((one) => one.flowId === source.flow.id);
    const passing: Passing = { call, led, request, callerBinding, route, legs, rang: false };
    return {
      begun: (proxied) => {
        call.passedOn = passedOn(passing, proxied);
      },
      progress: () => {
        passing.rang = true;
        for (const { leg } of legs.values()) leg.apply('ring');
        if (call.apply('ring', parts.clock.now())) parts.calls.updated(call);
      },
      final: (outcome) => {
        if (outcome.status >= 200 && outcome.status < 300) this.answered(passing, outcome);
        else this.failed(passing, outcome);
      },
      takeOver: (outcome) => this.takeOver(passing, outcome),
    };
  }

  /** Goes on with an answered call of another process. */
  watch(call: Call, dialog: ProxiedDialogCopy): void {
    this.dialogs.resume(dialog, (reason) => endCall(this.parts, call, { outcome: 'answered', reason }));
    call.passedOn = this.answeredCall(dialog.sipCallId);
  }

  /** A request inside a dialog goes by. */
  passing({ request }: PassingRequest): void {
    if (request.method === 'BYE') this.dialogs.hungUp(request.callId ?? '', request.fromTag ?? '');
  }

  /** It was answered. */
  passed({ request, outcome }: PassedRequest): void {
    this.dialogs.passed(request.callId ?? '', request.method, outcome);
  }

  /** A registration has changed. */
  registered(binding: Binding, event: BindingEvent): void {
    this.dialogs.registered(binding, event);
  }

  /** Goes on with a call that was passed on in vain. @returns undefined where the INVITE is another one */
  resume(invite: IncomingInvite): Promise<void> | undefined {
    const taken = this.taken.get(invite.request);
    if (taken === undefined) return undefined;
    this.taken.delete(invite.request);
    const { call, led, route } = taken.passing;
    // The phones that were tried have ended; whoever is led on from here has an INVITE of our own.
    led.origin = { kind: 'incoming', invite };
    return leadCall(this.parts, call, led, { invite, steps: route.steps.slice(1), after: taken.failure });
  }

  private answered({ call, led, request, callerBinding, legs }: Passing, outcome: ProxyOutcome): void {
    const { parts } = this;
    const sipCallId = ownText(request.callId ?? '');
    const winner = outcome.target === undefined ? undefined : legs.get(outcome.target.uri);
    for (const leg of call.legs) {
      if (leg !== led && leg !== winner?.leg) {
        leg.reason = 'Completed elsewhere';
        leg.apply('end');
        continue;
      }
      leg.sipStatus = 200;
      leg.apply('answer');
    }
    call.peer = winner?.leg;
    call.apply('answer', parts.clock.now());
    this.dialogs.watch({
      sipCallId,
      fromTag: ownText(request.fromTag ?? ''),
      sides: [sideOf(led, callerBinding), winner === undefined ? undefined : sideOf(winner.leg, winner.binding)].filter(
        (side) => side !== undefined,
      ),
      sessionSeconds: outcome.sessionSeconds,
      over: (reason) => endCall(parts, call, { outcome: 'answered', reason }),
    });
    call.passedOn = this.answeredCall(sipCallId);
    parts.calls.answered(call);
    if (winner !== undefined) parts.ladders.note(call, remarks.answered(winner.leg.legId, nameOf(winner.leg)));
  }

  private answeredCall(sipCallId: string): PassedOn {
    const { dialogs } = this;
    return {
      get mark() {
        return dialogs.endsAt(sipCallId);
      },
      unfinished: () => [],
      dialog: () => dialogs.copy(sipCallId),
    };
  }

  private failed({ call, rang }: Passing, { status, reason, cancelled }: ProxyOutcome): void {
    const failure = failureOfStatus(status, rang);
    call.passedOn = undefined;
    endCall(this.parts, call, {
      outcome: cancelled ? 'cancelled' : OUTCOME_OF_FAILURE[failure.kind],
      reason: cancelled ? 'Cancelled by the caller' : reason || failure.reason,
      sipStatus: status,
    });
  }

  private takeOver(passing: Passing, { status, reason, target }: ProxyOutcome): boolean {
    const { call, request, route, legs, rang } = passing;
    // A phone's 3xx and its own challenges are for the caller (RFC 3261 §16.7 item 6).
    if (route.steps.length < 2 || status < 400 || status === 401 || status === 407) return false;
    const failure = status === 408 && rang ? NO_ANSWER : failureOfStatus(status, rang);
    call.passedOn = undefined;
    for (const [uri, { leg }] of legs) {
      const own = uri === target?.uri;
      leg.reason = own ? reason || failure.reason : NO_ANSWER.reason;
      leg.sipStatus = own ? status : null;
      leg.apply('end');
      if (own)
        this.parts.ladders.note(call, remarks.failed(leg.legId, { status, cause: 'response', reason: leg.reason }));
    }
    this.parts.calls.updated(call);
    this.taken.set(request, { passing, failure });
    this.parts.clock.after(TAKEN_WITHIN_MS, () => {
      if (this.taken.delete(request)) endUntaken(this.parts, call, failure);
    });
    return true;
  }
}

function passedOn({ led, legs }: Passing, proxied: ProxiedRequest): PassedOn {
  return {
    get mark() {
      return proxied.begun;
    },
    dialog: () => undefined,
    unfinished: () =>
      proxied.unfinished().map(({ open, target }) => {
        const leg = target === undefined ? led : legs.get(target.uri)?.leg;
        return { open, deviceId: leg?.deviceId ?? null };
      }),
  };
}

function sideOf({ deviceId, party }: Leg, binding: Binding | undefined): DialogSide | undefined {
  return deviceId === null ? undefined : { name: party.name ?? party.number, deviceId, binding };
}

function nameOf({ party }: Leg): string {
  return party.name ?? party.number;
}

function calleeLeg({ binding }: ReachablePhone, { number, name }: Call['to']): Leg {
  const { userId, deviceId } = binding.device;
  return new Leg('callee', { number, name, userId }, deviceId, { kind: 'outgoing', invite: undefined });
}
