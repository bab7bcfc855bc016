import type { LiveCall, LiveLeg } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { InviteSession } from '@carillon/sip-stack';
import { CallId, newId, type EndpointId, type OrganisationId, type TrunkId, type UserId } from '@carillon/domain';
import type { Call } from './call.js';
import type { CallRecords } from './call-records.js';
import type { Leg } from './leg.js';
import { liveCallOf } from './live-call.js';
import { callFactsOf, type SharedCalls } from '../processes/shared-calls.js';
import type { Place } from '../processes/place.js';

type CallEventName = 'call.started' | 'call.updated' | 'call.answered' | 'call.ended';

/** The calls that other processes of signalling have. */
export interface CallsElsewhere {
  readonly place: Pick<Place, 'owns'>;
  readonly calls: Pick<SharedCalls, 'list' | 'ofUser' | 'countOverTrunk'>;
}

/** Calls in progress; tells every change to the bus and writes it down. */
export class Calls {
  private readonly live = new Map<CallId, Call>();
  private readonly routing = new Set<CallId>();
  /** Calls that have, or had, a leg of the user: a few at most, looked through sooner than hashed. */
  private readonly byUser = new Map<UserId, Call[]>();

  /** Calls that another one was joined into, by their own id. */
  private readonly joined = new Map<CallId, Call>();

  /** Told of each change when it has been told to the others: what they would need to go on with the call is different. */
  onTold: ((event: CallEventName, call: Call) => void) | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly records: CallRecords,
    private readonly elsewhere?: CallsElsewhere,
  ) {}

  /** For a new call: one that says which process has it. */
  newId(): CallId {
    for (;;) {
      const callId = newId(CallId);
      if (this.elsewhere?.place.owns(callId) !== false) return callId;
    }
  }

  get size(): number {
    return this.live.size;
  }

  /** Calls whose way is still being looked for: neither ringing nor answered. */
  get settingUp(): number {
    return this.routing.size;
  }

  add(call: Call): void {
    this.routing.add(call.callId);
    this.live.set(call.callId, call);
    this.tell('call.started', call);
  }

  /** Begun in another process. */
  resumed(call: Call): void {
    this.live.set(call.callId, call);
    this.tell('call.updated', call);
  }

  /** It goes on in another process: nobody is told of an end. */
  given(call: Call): void {
    this.live.delete(call.callId);
    this.forget(call);
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
    for (const [from, to] of this.joined) if (to === call) this.joined.delete(from);
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
    // An endpoint keeps the name of the call that it was opened for.
    for (const call of [this.live.get(callId), this.joined.get(callId)]) {
      const leg = call?.legs.find(({ endpoint }) => endpoint?.endpointId === endpointId);
      if (call !== undefined && leg !== undefined) return { call, leg };
    }
    return undefined;
  }

  /** A leg of one call belongs to another from now on. */
  moved(from: CallId, to: Call): void {
    this.joined.set(from, to);
  }

  findBySession(session: InviteSession): { call: Call; leg: Leg } | undefined {
    for (const call of this.live.values()) {
      const leg = call.legs.find((one) => one.session === session || one.early === session);
      if (leg?.live === true) return { call, leg };
    }
    return undefined;
  }

  /** The leg whose dialog an organisation's phone names by Replaces (RFC 3891 §3), tags from its own side or from ours. */
  findByDialog(organisationId: OrganisationId, dialog: DialogName): { call: Call; leg: Leg } | undefined {
    for (const call of this.live.values()) {
      if (call.organisationId !== organisationId) continue;
      const leg = call.legs.find((one) => one.live && isDialog(one, dialog));
      if (leg !== undefined) return { call, leg };
    }
    return undefined;
  }

  all(): Call[] {
    return [...this.live.values()];
  }

  list(organisationId: OrganisationId): LiveCall[] {
    const here = this.all()
      .filter((call) => call.organisationId === organisationId)
      .map(liveCallOf);
    return [...here, ...(this.elsewhere?.calls.list(organisationId) ?? [])];
  }

  /** Calls with a live leg of the user, in every process. */
  countOfUser(userId: UserId, except?: Call): number {
    const here = new Set(this.legsOfUser(userId).map(({ call }) => call));
    if (except !== undefined) here.delete(except);
    return here.size + (this.elsewhere?.calls.ofUser(userId).length ?? 0);
  }

  /** Live legs of a user, with their calls. */
  legsOfUser(userId: UserId): { call: Call; leg: Leg }[] {
    const found: { call: Call; leg: Leg }[] = [];
    for (const call of this.byUser.get(userId) ?? [])
      for (const leg of call.legs) if (leg.live && leg.party.userId === userId) found.push({ call, leg });
    return found;
  }

  /** Calls that go on over a trunk, in or out. */
  countOverTrunk(trunkId: TrunkId): number {
    let count = 0;
    for (const call of this.live.values())
      for (const leg of call.legs) if (leg.trunk?.trunkId === trunkId && leg.live) count += 1;
    return count + (this.elsewhere?.calls.countOverTrunk(trunkId) ?? 0);
  }

  private tell(event: CallEventName, call: Call): void {
    call.revision += 1;
    if (call.state !== 'routing') this.routing.delete(call.callId);
    this.index(call);
    const snapshot = liveCallOf(call);
    this.save(call, snapshot);
    // First, so that whoever shows the call knows them.
    if (this.elsewhere !== undefined && event !== 'call.ended')
      this.bus.publish('signalling.call-facts', callFactsOf(call));
    this.bus.publish(event, { call: snapshot });
    this.onTold?.(event, call);
  }

  /** Every new leg is told of before anything asks for it. */
  private index(call: Call): void {
    for (const { party } of call.legs) {
      if (party.userId === null) continue;
      const calls = this.byUser.get(party.userId);
      if (calls === undefined) this.byUser.set(party.userId, [call]);
      else if (!calls.includes(call)) calls.push(call);
    }
  }

  private forget(call: Call): void {
    for (const { party } of call.legs) {
      if (party.userId === null) continue;
      const calls = this.byUser.get(party.userId);
      const at = calls?.indexOf(call) ?? -1;
      if (at >= 0) calls?.splice(at, 1);
      if (calls?.length === 0) this.byUser.delete(party.userId);
    }
  }

  private save(call: Call, snapshot: LiveCall): void {
    // A leg may belong to another call by the time this is written.
    const legs = [...call.legs];
    this.records.save({
      call: snapshot,
      legs: () => snapshot.legs.map((leg, index) => writtenLeg(leg, legs[index])),
    });
  }
}

/** A leg with what is written beside what everyone sees: its media's figures, and what joins it with its messages. */
function writtenLeg(shown: LiveLeg, leg: Leg | undefined): object {
  // Field by field: a spread of two objects takes several times as long.
  return {
    legId: shown.legId,
    role: shown.role,
    number: shown.number,
    userId: shown.userId,
    deviceId: shown.deviceId,
    state: shown.state,
    reason: shown.reason,
    sipStatus: shown.sipStatus,
    stats: leg?.stats ?? null,
    sessionId: leg?.sessionUuid ?? null,
    sipCallId: leg?.origin.invite?.callId ?? leg?.session?.id.callId ?? null,
  };
}

interface DialogName {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

function isDialog({ session, origin }: Leg, { callId, toTag, fromTag }: DialogName): boolean {
  const early = origin.kind === 'incoming' ? origin.invite.dialog : undefined;
  const id = session?.id ?? early?.id;
  if (id?.callId !== callId) return false;
  // Some phones name the tags as they see them, not as the receiver does.
  const tags = `${id.localTag} ${id.remoteTag}`;
  return tags === `${toTag} ${fromTag}` || tags === `${fromTag} ${toTag}`;
}
