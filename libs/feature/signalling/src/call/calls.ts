import type { LiveCall } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { CallId, EndpointId, OrganisationId, TrunkId, UserId } from '@carillon/domain';
import type { Call } from './call.js';
import type { CallRecords } from './call-records.js';
import type { Leg } from './leg.js';
import { liveCallOf } from './live-call.js';

/** Calls in progress; tells every change to the bus and writes it down. */
export class Calls {
  private readonly live = new Map<CallId, Call>();
  private readonly routing = new Set<Call>();
  /** Calls that have, or had, a leg of the user. */
  private readonly byUser = new Map<UserId, Set<Call>>();

  constructor(
    private readonly bus: Bus,
    private readonly records: CallRecords,
  ) {}

  get size(): number {
    return this.live.size;
  }

  /** Calls whose way is still being looked for: neither ringing nor answered. */
  get settingUp(): number {
    return this.routing.size;
  }

  add(call: Call): void {
    this.routing.add(call);
    this.live.set(call.callId, call);
    this.tell('call.started', call);
  }

  updated(call: Call): void {
    if (this.live.has(call.callId)) this.tell('call.updated', call);
  }

  answered(call: Call): void {
    this.tell('call.answered', call);
  }

  /** Last of all: the call is forgotten here. */
  ended(call: Call): void {
    this.live.delete(call.callId);
    this.tell('call.ended', call);
    this.forget(call);
  }

  /** Resolves when the call is written down, which it must be before anybody is answered. */
  recorded(call: Call): Promise<void> {
    return this.records.recorded(call.callId);
  }

  /** The figures of a leg's media came after the end. */
  completed(call: Call): void {
    this.save(call, liveCallOf(call));
  }

  /** A call of another organisation does not exist. */
  find(organisationId: OrganisationId, callId: CallId): Call | undefined {
    const call = this.live.get(callId);
    return call?.organisationId === organisationId ? call : undefined;
  }

  findByEndpoint(callId: CallId, endpointId: EndpointId): { call: Call; leg: Leg } | undefined {
    const call = this.live.get(callId);
    const leg = call?.legs.find(({ endpoint }) => endpoint?.endpointId === endpointId);
    return call === undefined || leg === undefined ? undefined : { call, leg };
  }

  all(): Call[] {
    return [...this.live.values()];
  }

  list(organisationId: OrganisationId): LiveCall[] {
    return this.all()
      .filter((call) => call.organisationId === organisationId)
      .map(liveCallOf);
  }

  /** Live legs of a user, with their calls. */
  legsOfUser(userId: UserId): { call: Call; leg: Leg }[] {
    return [...(this.byUser.get(userId) ?? [])].flatMap((call) =>
      call.legs.filter((leg) => leg.live && leg.party.userId === userId).map((leg) => ({ call, leg })),
    );
  }

  /** Calls that go on over a trunk, in or out. */
  countOverTrunk(trunkId: TrunkId): number {
    let count = 0;
    for (const call of this.live.values())
      for (const leg of call.legs) if (leg.trunk?.trunkId === trunkId && leg.live) count += 1;
    return count;
  }

  private tell(event: 'call.started' | 'call.updated' | 'call.answered' | 'call.ended', call: Call): void {
    call.revision += 1;
    if (call.state !== 'routing') this.routing.delete(call);
    this.index(call);
    const snapshot = liveCallOf(call);
    this.save(call, snapshot);
    this.bus.publish(event, { call: snapshot });
  }

  /** Every new leg is told of before anything asks for it. */
  private index(call: Call): void {
    for (const { party } of call.legs) {
      if (party.userId === null) continue;
      const calls = this.byUser.get(party.userId);
      if (calls === undefined) this.byUser.set(party.userId, new Set([call]));
      else calls.add(call);
    }
  }

  private forget(call: Call): void {
    for (const { party } of call.legs) {
      if (party.userId === null) continue;
      const calls = this.byUser.get(party.userId);
      calls?.delete(call);
      if (calls?.size === 0) this.byUser.delete(party.userId);
    }
  }

  private save(call: Call, snapshot: LiveCall): void {
    const legs = snapshot.legs.map((leg, index) => ({ ...leg, ...detailsOf(call.legs[index]) }));
    this.records.save({ call: snapshot, legs });
  }
}

/** What is written with a leg beside what everyone sees: its media's figures, and what joins it with its messages. */
function detailsOf(leg: Leg | undefined): object {
  const invite = leg?.origin.invite;
  return { stats: leg?.stats ?? null, sessionId: leg?.sessionUuid ?? null, sipCallId: invite?.callId ?? null };
}
