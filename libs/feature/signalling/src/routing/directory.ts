import type { DigestPolicy, HoldMusic, SipRole } from '@carillon/contracts';
import type { Trunk } from '../trunks/trunk.js';
import type { GruuSeal } from '../registrar/gruu.js';
import type { RegistrationPolicy } from '../registrar/registration-policy.js';
import type {
  DeviceProfile,
  DeviceId,
  IvrMenuId,
  MailboxId,
  OrganisationId,
  RingGroupId,
  RoomId,
  UserId,
} from '@carillon/domain';

export interface DirectoryUser {
  readonly userId: UserId;
  readonly displayName: string;
  readonly extension: string | null;
  readonly mailboxId: MailboxId | null;
  readonly disabled: boolean;
  readonly isAdmin?: boolean;
}

/** A SIP account. The hashes are what digest authentication needs (RFC 7616 §3.4.2); the password is not known. */
export interface DirectoryDevice {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
  readonly name: string;
  readonly sipUsername: string;
  readonly ha1: { readonly MD5: string; readonly 'SHA-256': string };
  readonly disabled: boolean;
}

export interface DirectoryGroup {
  readonly ringGroupId: RingGroupId;
  readonly name: string;
  readonly extension: string;
  readonly ringSeconds: number;
  readonly memberIds: readonly UserId[];
}

export interface DirectoryIvrMenu {
  readonly ivrMenuId: IvrMenuId;
  readonly name: string;
  readonly extension: string;
}

export interface DirectoryRoom {
  readonly roomId: RoomId;
  readonly name: string;
  readonly extension: string;
}

/** What a dialled number leads to. */
export type NumberTarget =
  | { readonly kind: 'user'; readonly userId: UserId }
  | { readonly kind: 'group'; readonly ringGroupId: RingGroupId }
  | { readonly kind: 'ivr'; readonly ivrMenuId: IvrMenuId }
  | { readonly kind: 'room'; readonly roomId: RoomId }
  | { readonly kind: 'voicemail' }
  | { readonly kind: 'echo' };

/** What an organisation decides about its calls. */
export interface CallPolicy {
  /** Private headers (`X-…`) that go from one phone to the other. */
  readonly privateHeaders: readonly string[];
  /** Phones may send their calls on by 3xx. */
  readonly followRedirects: boolean;
  /** What is heard on hold. */
  readonly holdMusic: HoldMusic;
}

export const DEFAULT_CALL_POLICY: CallPolicy = { privateHeaders: [], followRedirects: true, holdMusic: 'built-in' };

/** One organisation's numbers and people at one moment; never changed, replaced as a whole. */
export interface Directory {
  readonly organisationId: OrganisationId;
  readonly sipDomain: string;
  readonly registration: RegistrationPolicy;
  /** Of its phones' temporary GRUUs. */
  readonly gruuSeal: GruuSeal;
  /** How long a user's devices ring before the call goes on. */
  readonly ringSeconds: number;
  readonly numbers: ReadonlyMap<string, NumberTarget>;
  readonly users: ReadonlyMap<UserId, DirectoryUser>;
  /** By SIP username. */
  readonly devices: ReadonlyMap<string, DirectoryDevice>;
  readonly groups: ReadonlyMap<RingGroupId, DirectoryGroup>;
  readonly ivrMenus: ReadonlyMap<IvrMenuId, DirectoryIvrMenu>;
  readonly rooms: ReadonlyMap<RoomId, DirectoryRoom>;
  /** Whose mailbox it is. */
  readonly mailboxes: ReadonlyMap<MailboxId, UserId>;
  /** In the order that they are tried. */
  readonly trunks: readonly Trunk[];
  readonly callPolicy: CallPolicy;
  /** Its own, before those that are built in. */
  readonly deviceProfiles: readonly DeviceProfile[];
  /** What we are for calls between its phones. */
  readonly sipRole: SipRole;
  /** Which hashes of passwords are taken. */
  readonly digest: DigestPolicy;
}
