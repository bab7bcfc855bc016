import type { JsonObject, LiveCall, LiveLeg } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { OrganisationId } from '@carillon/domain';
import type { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import { remarks } from '../ladder/remarks.js';
import { askProcess } from './ask-process.js';
import { copyCall, type CallCopy } from './call-copy.js';
import { ownerIdOf, type Place } from './place.js';
import { resumeCall } from './resume-call.js';
import type { SharedCalls } from './shared-calls.js';

/** Gives calls of this process to others that ask for them. @returns stops */
export function giveCalls(bus: Bus, parts: CallParts, place: Place): () => void {
  return bus.handle(
    'signalling.give-call',
    ({ organisationId, callId, to }) => {
      const call = parts.calls.find(organisationId, callId);
      const copy = call === undefined ? undefined : copyCall(call, parts.ladders.partOf(callId) + 1);
      if (call === undefined || copy === undefined) return { ok: false, code: 'CALL.GONE' };
      // Nothing is open in any of its dialogs, which the copy has seen to.
      for (const { session } of call.legs) if (session !== undefined) parts.userAgent.giveSession(session, to);
      parts.ladders.note(call, remarks.given());
      parts.ladders.ended({ callId, outcome: 'answered' });
      parts.calls.given(call);
      return { ok: true, copy: copy as unknown as JsonObject };
    },
    { ownerId: ownerIdOf(place.own) },
  );
}

interface DialogName {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

/** A call of another process, and the leg in it that somebody has named. */
export interface FarCall {
  readonly call: LiveCall;
  readonly leg: LiveLeg;
}

/** The calls of other processes, as one that is to become one with a call of ours. */
export class FarCalls {
  constructor(
    private readonly bus: Bus,
    private readonly place: Place,
    private readonly shared: Pick<SharedCalls, 'findByDialog'>,
  ) {}

  find(organisationId: OrganisationId, dialog: DialogName): FarCall | undefined {
    return this.shared.findByDialog(organisationId, dialog);
  }

  /** Brings an answered call here, whole. @returns undefined where it cannot come now, or is over */
  async bring(parts: CallParts, { organisationId, callId }: LiveCall): Promise<Call | undefined> {
    const ask = { organisationId, callId, to: this.place.own };
    const answer = await askProcess(this.bus, this.place.processOf(callId), ['signalling.give-call', ask]);
    return answer?.ok === true ? resumeCall(parts, answer.copy as unknown as CallCopy) : undefined;
  }

  async hangUp({ organisationId, callId }: LiveCall, reason: string): Promise<void> {
    const ask = { organisationId, callId, reason, sipStatus: 487 };
    await askProcess(this.bus, this.place.processOf(callId), ['call.hang-up', ask]);
  }
}
