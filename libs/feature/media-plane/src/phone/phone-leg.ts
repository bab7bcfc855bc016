import type { CallId, EndpointId, LegId, OrganisationId, PlayId, RecordingId } from '@carillon/domain';
import type { OpenedEndpoint } from '@carillon/media-engine';
import type { AgreedAudio, Direction, Origin, SecuredAudio, SessionDescription } from '@carillon/sdp';
import type { LegSecurity } from './leg-security.js';

/** An offer of theirs, and what of it can be taken. */
export interface RemoteOffer {
  readonly description: SessionDescription;
  readonly audio: SecuredAudio;
}

/** What the media plane remembers of one leg's endpoint. */
export interface PhoneLeg {
  readonly organisationId: OrganisationId;
  readonly callId: CallId;
  readonly legId: LegId;
  readonly endpointId: EndpointId;
  readonly endpoint: OpenedEndpoint;
  /** How its media is protected; may change with a later offer. */
  security: LegSecurity;
  /** Its sound never goes in the clear. */
  readonly mustEncrypt: boolean;
  /** Of ours, in the family of its peer. */
  address: string;
  /** The `o=` of our latest description. */
  origin: Origin;
  /** Our latest description, offer or answer. */
  local: { description: SessionDescription; text: string } | null;
  /** An offer of theirs that waits for its answer. */
  remoteOffer: RemoteOffer | null;
  /** An offer of ours that waits for its answer, or that was answered and may be again (early media). */
  localOffer: SessionDescription | null;
  agreed: AgreedAudio | null;
  /** What we want; `sendonly` while we hold the other side. */
  direction: Direction;
  playId: PlayId | null;
  recordingId: RecordingId | null;
  recordingPath: string;
}
