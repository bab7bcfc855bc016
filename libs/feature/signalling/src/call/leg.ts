import type { LiveLeg, MediaStats, Party } from '@carillon/contracts';
import { LegId, newId, type DeviceId, type EndpointId, type OwnerId } from '@carillon/domain';
import type { HeaderFields, IncomingInvite, InviteSession, OutgoingInvite } from '@carillon/sip-stack';
import { nextLegState, type CallInput, type LegStateName } from './call-machine.js';
import type { Hold } from './hold.js';
import type { SessionUuid } from './headers/session-identifier.js';
import type { Presented } from './identity/present-party.js';
import { NO_PRIVACY } from './identity/privacy.js';
import type { Trunk } from '../trunks/trunk.js';

/** How a leg came to be. */
export type LegOrigin =
  | { readonly kind: 'incoming'; readonly invite: IncomingInvite }
  /** `legId` where it was begun in another process. */
  | { readonly kind: 'outgoing'; invite: OutgoingInvite | undefined; readonly legId?: LegId };

export interface LegEndpoint {
  readonly endpointId: EndpointId;
  readonly ownerId: OwnerId;
}

/** One side of a call: its dialog and its endpoint. State only; what happens to it is in `actions/` and `behaviours/`. */
export class Leg {
  readonly legId: LegId;
  state: LegStateName = 'trying';
  reason: string | null = null;
  sipStatus: number | null = null;
  /** The dialog, once answered. */
  session: InviteSession | undefined;
  /** While it rings: the early dialog that was heard of last. */
  early: InviteSession | undefined;
  endpoint: LegEndpoint | undefined;
  /** Our offer, where the leg came without one or goes out. */
  offer: string | undefined;
  /** Our offer went out in a 200: the answer comes in the ACK. */
  awaitsAnswer = false;
  /** It has answered our offer before we answered the call, in a PRACK: nothing is left to be described. */
  agreedEarly = false;
  /** Figures of the endpoint, once closed. */
  stats: MediaStats | null = null;
  /** As whom the others see this side; the party itself is who it really is. */
  presented: Presented;
  /** The trunk that this side is reached over. */
  trunk: Trunk | undefined;
  /** It is a call for help, over a trunk. */
  isEmergency = false;
  /** RFC 7989: of this side, and of whom it was last told to be connected with. */
  sessionUuid: SessionUuid | undefined;
  connectedUuid: SessionUuid | undefined;
  /** This side has put the other on hold. */
  hold: Hold = 'none';
  /** Our later offers to it, one after the other. */
  offering: Promise<void> = Promise.resolve();
  /** What is played to it, one after the other. */
  hearing: Promise<unknown> = Promise.resolve();
  /** What its 2xx brought for the other side. */
  answerHeaders: HeaderFields = {};
  /** What it found wrong with the place of the caller, before it was asked without (RFC 6442 §4.3). */
  placeRefused: HeaderFields = {};

  constructor(
    readonly role: LiveLeg['role'],
    readonly party: Party,
    readonly deviceId: DeviceId | null,
    /** A call that was only passed on and is then taken over gets its INVITE later. */
    public origin: LegOrigin,
  ) {
    this.legId = (origin.kind === 'outgoing' ? origin.legId : undefined) ?? newId(LegId);
    this.presented = { party, privacy: NO_PRIVACY };
  }

  /** @returns whether anything changed */
  apply(input: CallInput): boolean {
    const next = nextLegState(this.state, input);
    const changed = next !== this.state;
    this.state = next;
    return changed;
  }

  get live(): boolean {
    return this.state !== 'ended';
  }
}
