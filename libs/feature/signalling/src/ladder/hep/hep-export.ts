import { isIP } from 'node:net';
import type { HepSettings } from '@carillon/contracts';
import type { OrganisationId } from '@carillon/domain';
import type { Clock, Logger } from '@carillon/service-runtime';
import { parseUri } from '@carillon/sip-message';
import type { TappedMessage } from '@carillon/sip-stack';
import type { CallLadder } from '../call-ladder.js';
import type { EntryLog, Way } from '../entry-log.js';
import { redactOctets } from '../redact-octets.js';
import { encodeHep } from './encode-hep.js';
import { HepSender, type HepDrop } from './hep-sender.js';

export interface HepExportParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly now: () => number;
  /** Stands for sockets that are bound to all addresses. */
  readonly advertised: string;
  /** Whose phones may name us by address instead of a domain. */
  readonly defaultDomain: string;
  readonly sent: () => void;
  readonly dropped: (why: HepDrop) => void;
}

/** What an organisation has chosen, its key unsealed. */
export interface HepChoice extends Omit<HepSettings, 'authKeySealed'> {
  readonly sipDomain: string;
  readonly authKey: string | null;
}

interface Export {
  readonly choice: HepChoice;
  readonly sender: HepSender;
}

/** A message on its way to a collector. */
interface Copied {
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly way: Way;
  readonly bytes: Buffer;
}

/** Copies of SIP messages for the collectors of those organisations that want them. */
export class HepExport {
  private readonly exports = new Map<OrganisationId, Export>();
  private readonly byDomain = new Map<string, Export>();

  constructor(private readonly parts: HepExportParts) {}

  get active(): boolean {
    return this.exports.size > 0;
  }

  /** What an organisation wants from now on. The way to its collector stays where nothing changed. */
  choose(organisationId: OrganisationId, choice: HepChoice | undefined): void {
    const before = this.exports.get(organisationId);
    if (before !== undefined && choice?.on === true && sameChoice(before.choice, choice)) return;
    before?.sender.close();
    if (before !== undefined) this.byDomain.delete(before.choice.sipDomain.toLowerCase());
    this.exports.delete(organisationId);
    if (choice?.on !== true) return;
    const entry: Export = { choice, sender: new HepSender(choice, this.parts) };
    this.exports.set(organisationId, entry);
    this.byDomain.set(choice.sipDomain.toLowerCase(), entry);
  }

  /** A message of calls that are known. */
  ofCall(ladders: readonly CallLadder[], message: TappedMessage, at: number): void {
    for (const { organisationId, callId } of ladders) {
      const entry = this.exports.get(organisationId);
      if (entry !== undefined) this.send(entry, copyOf(message, at), callId);
    }
  }

  /** What came before it was known whose it is. */
  claimed({ organisationId, callId }: CallLadder, log: EntryLog): void {
    const entry = this.exports.get(organisationId);
    if (entry === undefined) return;
    for (let index = 0; index < log.size; index += 1) {
      if (log.remarkAt(index) !== undefined) continue;
      const [at, direction, way, bytes] = [
        ...([log.timeAt(index), log.directionAt(index)] as const),
        ...([log.wayAt(index), log.octetsAt(index)] as const),
      ];
      this.send(entry, { at, direction, way, bytes }, callId);
    }
  }

  /** A message of no call: the organisation is the one that From or To names. */
  loose(message: TappedMessage): void {
    const parsed = message.message();
    const entry = this.exportOf(parsed?.from?.uri) ?? this.exportOf(parsed?.to?.uri);
    if (parsed === undefined || entry === undefined) return;
    this.send(entry, copyOf(message, this.parts.now()), parsed.callId ?? '');
  }

  close(): void {
    for (const { sender } of this.exports.values()) sender.close();
    this.exports.clear();
    this.byDomain.clear();
  }

  private exportOf(uri: string | undefined): Export | undefined {
    const parsed = uri === undefined ? undefined : parseUri(uri);
    if (parsed?.scheme !== 'sip' && parsed?.scheme !== 'sips') return undefined;
    const { host } = parsed;
    const isAddress = isIP(host.replace(/^\[|\]$/g, '')) > 0;
    return this.byDomain.get(isAddress ? this.parts.defaultDomain : host.toLowerCase());
  }

  private send({ choice, sender }: Export, copied: Copied, correlationId: string): void {
    const packet = encodeHep(packetOf(copied, choice, { correlationId, advertised: this.parts.advertised }));
    if (packet === undefined) this.parts.dropped('too-large');
    else sender.send(packet);
  }
}

function copyOf({ direction, flow, bytes }: TappedMessage, at: number): Copied {
  return { at, direction, way: flow, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function packetOf(
  { at, direction, way, bytes }: Copied,
  { captureId, authKey }: Pick<HepChoice, 'captureId' | 'authKey'>,
  { correlationId, advertised }: { readonly correlationId: string; readonly advertised: string },
) {
  const unspecified = way.localAddress === '0.0.0.0' || way.localAddress === '::';
  const local = { address: unspecified ? advertised : way.localAddress, port: way.localPort };
  const remote = { address: way.remoteAddress, port: way.remotePort };
  return {
    transport: way.protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
    source: direction === 'in' ? remote : local,
    destination: direction === 'in' ? local : remote,
    at,
    ...{ captureId, authKey, correlationId },
    payload: redactOctets(bytes),
  };
}

function sameChoice(a: HepChoice, b: HepChoice): boolean {
  return (Object.keys(a) as (keyof HepChoice)[]).every((name) => a[name] === b[name]);
}
