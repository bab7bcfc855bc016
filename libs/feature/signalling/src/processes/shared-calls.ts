import type { CallFacts, LegFacts, LiveCall, LiveLeg } from '@carillon/contracts';
import type { CallId, OrganisationId, TrunkId, UserId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import type { Call } from '../call/call.js';
import { isHidden } from '../call/identity/present-party.js';
import type { Leg } from '../call/leg.js';
import { dialogOf } from '../subscriptions/watched-dialogs.js';
import type { LiveCallBook } from '../subscriptions/live-call-book.js';
import { learnFromOthers } from './learn-from-others.js';
import type { Place } from './place.js';

export interface SharedCallsParts {
  readonly bus: Bus;
  readonly place: Place;
  /** Kept by the calls' events, whichever process has them. */
  readonly book: LiveCallBook;
}

/** The calls of the other processes: for what counts over all, and for lamps. */
export class SharedCalls {
  private readonly facts = new Map<CallId, CallFacts>();
  private readonly stop: () => void;

  constructor(private readonly parts: SharedCallsParts) {
    const { bus, place } = parts;
    this.stop = bus.subscribe(['signalling.call-facts', 'call.ended'], (event) => {
      if ('call' in event) this.facts.delete(event.call.callId);
      else if (!place.owns(event.callId)) this.facts.set(event.callId, event);
    });
  }

  /** What is going on in the others, when this process begins. */
  async learn(): Promise<void> {
    await learnFromOthers(this.parts, async (ask) => {
      const answer = await ask('signalling.calls', {});
      if (!answer.ok) return false;
      for (const call of answer.calls) this.parts.book.hear(call);
      for (const one of answer.facts) this.facts.set(one.callId, one);
      // Each has calls of its own.
      return false;
    });
  }

  list(organisationId: OrganisationId): LiveCall[] {
    return this.elsewhere(this.parts.book.all()).filter((call) => call.organisationId === organisationId);
  }

  /** Those with a live leg of the user. */
  ofUser(userId: UserId): LiveCall[] {
    return this.elsewhere(this.parts.book.callsOf(userId)).filter(({ legs }) =>
      legs.some((leg) => leg.userId === userId && leg.state !== 'ended'),
    );
  }

  /** Live legs over a trunk. */
  countOverTrunk(trunkId: TrunkId): number {
    let count = 0;
    for (const { callId, legs } of this.facts.values()) {
      if (!legs.some((leg) => leg.trunkId === trunkId)) continue;
      const live = new Set(
        this.parts.book.find(callId)?.legs.flatMap((leg) => (leg.state === 'ended' ? [] : leg.legId)),
      );
      count += legs.filter((leg) => leg.trunkId === trunkId && live.has(leg.legId)).length;
    }
    return count;
  }

  /** The leg whose dialog a phone of the organisation names, tags from its own side or from ours. */
  findByDialog(
    organisationId: OrganisationId,
    { callId, toTag, fromTag }: { callId: string; toTag: string; fromTag: string },
  ): { call: LiveCall; leg: LiveLeg } | undefined {
    for (const { callId: ofCall, legs } of this.facts.values())
      for (const { dialog, legId } of legs) {
        if (dialog?.callId !== callId) continue;
        const tags = `${dialog.localTag} ${dialog.remoteTag}`;
        if (tags !== `${toTag} ${fromTag}` && tags !== `${fromTag} ${toTag}`) continue;
        const call = this.parts.book.find(ofCall);
        const leg = call?.legs.find((one) => one.legId === legId);
        if (call?.organisationId === organisationId && leg !== undefined && leg.state !== 'ended') return { call, leg };
      }
    return undefined;
  }

  factsOf(callId: CallId, legId: LegFacts['legId']): LegFacts | undefined {
    return this.facts.get(callId)?.legs.find((leg) => leg.legId === legId);
  }

  close(): void {
    this.stop();
  }

  private elsewhere(calls: readonly LiveCall[]): LiveCall[] {
    return calls.filter(({ callId }) => !this.parts.place.owns(callId));
  }
}

export function callFactsOf(call: Call): CallFacts {
  return { callId: call.callId, legs: call.legs.map(legFactsOf) };
}

export function legFactsOf(leg: Leg): LegFacts {
  const dialog = dialogOf(leg);
  return {
    legId: leg.legId,
    trunkId: leg.trunk?.trunkId ?? null,
    endpointId: leg.endpoint?.endpointId ?? null,
    hidden: isHidden(leg.presented),
    dialog:
      dialog === undefined ? null : { callId: dialog.callId, localTag: dialog.localTag, remoteTag: dialog.remoteTag },
  };
}
