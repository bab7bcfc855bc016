import type { TrunkEncryption } from '@carillon/contracts';
import type { TrunkId } from '@carillon/domain';
import type { NumberRule } from './number-rules.js';

/** A line to a provider or another phone system. */
export interface Trunk {
  readonly trunkId: TrunkId;
  readonly name: string;
  /** Domain or address of the other side. */
  readonly host: string;
  /** Undefined where RFC 3263 finds it. */
  readonly port: number | undefined;
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** For 401 and 407 of the other side; the password is sealed. */
  readonly credentials: { readonly username: string; readonly passwordSealed: string | undefined } | undefined;
  /** We register with the other side, so that it finds us. */
  readonly registers: boolean;
  /** Addresses and networks (CIDR) that calls come from without a password; the host itself is always one of them. */
  readonly sourceAddresses: readonly string[];
  /** Calls from it answer a challenge of ours with `credentials`, wherever they come from. */
  readonly challenges: boolean;
  /** Its P-Asserted-Identity counts, and ours goes to it with what is private (RFC 3325 §4: in our trust domain). */
  readonly trusted: boolean;
  readonly maxCalls: number;
  readonly maxCallsPerSecond: number;
  /** Numbers that go out over it, and how they are dialled there. */
  readonly outbound: readonly NumberRule[];
  /** Numbers that come in over it, to extensions. */
  readonly inbound: readonly { readonly number: string; readonly extension: string }[];
  /** Where other numbers lead; null refuses them. */
  readonly defaultExtension: string | null;
  /** The main number, shown for whoever has none of their own. */
  readonly callerNumber: string;
  /** Whether users show the number that leads to them, or everyone the main number. */
  readonly callerIdentity: 'main' | 'user';
  /** Lower ones are tried first. */
  readonly priority: number;
  /** How the sound of its calls is protected. */
  readonly mediaEncryption: TrunkEncryption;
  /** Keys may go to it where others can read them. */
  readonly keysInClear: boolean;
  /** Its calls may go on over trunks in the clear, though it takes SRTP alone. */
  readonly clearFallback: boolean;
  /** Its answers that lead to the next trunk: `503`, `5xx`. */
  readonly nextTrunkStatuses: readonly string[];
}
