import type { Database } from '@carillon/database';
import type { CommandPayload } from '@carillon/contracts';
import type { Bus, CommandAnswer } from '@carillon/event-bus';
import type { OrganisationId } from '@carillon/domain';
import { bracketHost } from '@carillon/sip-message';
import type { DiagnosticsChoices } from './diagnostics-choices.js';
import { encodeHep } from './hep/encode-hep.js';
import { probeHep } from './hep/probe-hep.js';
import { packetsOfLadder } from './hep/packets-of-ladder.js';
import { readLadder } from './ladder-reader.js';
import type { LadderWriter } from './ladder-writer.js';
import type { Ladders } from './ladders.js';

export interface LadderCommandParts {
  readonly database: Database;
  readonly ladders: Ladders;
  readonly writer: LadderWriter;
  readonly choices: DiagnosticsChoices;
  readonly unseal: (sealed: string | null, organisationId: OrganisationId) => string | null;
  readonly advertised: string;
  readonly now: () => number;
}

/** @returns stops handling */
export function handleLadderCommands(bus: Bus, parts: LadderCommandParts): () => void {
  const stops = [
    bus.handle('ladder.read', async ({ organisationId, callId }) => {
      const ladder = await readLadder(parts, organisationId, callId);
      if (ladder !== undefined) return { ok: true, ladder };
      return { ok: false, code: 'LADDER.NOT_FOUND', detail: 'Nothing is kept of this call' };
    }),
    bus.handle('ladder.send-hep', (payload) => sendLadder(parts, payload)),
    bus.handle('ladder.test-hep', (payload) => testHep(parts, payload)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const HEP_OFF = { ok: false, code: 'HEP.OFF', detail: 'Sending to a collector is switched off' } as const;

/** The collector that is saved by now; undefined where there is none. */
async function collectorOf({ choices }: LadderCommandParts, organisationId: OrganisationId) {
  await choices.reload(organisationId);
  const { hep } = choices.of(organisationId);
  return hep.on && hep.host !== '' ? hep : undefined;
}

async function sendLadder(
  parts: LadderCommandParts,
  { organisationId, callId }: CommandPayload<'ladder.send-hep'>,
): Promise<CommandAnswer<'ladder.send-hep'>> {
  const ladder = await readLadder(parts, organisationId, callId);
  if (ladder === undefined) return { ok: false, code: 'LADDER.NOT_FOUND', detail: 'Nothing is kept of this call' };
  const hep = await collectorOf(parts, organisationId);
  if (hep === undefined) return HEP_OFF;
  const authKey = parts.unseal(hep.authKeySealed, organisationId);
  const packets = packetsOfLadder(ladder, { captureId: hep.captureId, authKey });
  const probe = await probeHep(hep, packets);
  return probe.ok ? probe : { ok: false, code: 'HEP.UNREACHABLE', detail: probe.detail };
}

async function testHep(
  parts: LadderCommandParts,
  { organisationId }: CommandPayload<'ladder.test-hep'>,
): Promise<CommandAnswer<'ladder.test-hep'>> {
  const { unseal, advertised, now } = parts;
  const hep = await collectorOf(parts, organisationId);
  if (hep === undefined) return HEP_OFF;
  const at = now();
  const correlationId = `carillon-test-${Math.round(at)}`;
  const local = { address: advertised, port: 5060 };
  const packet = encodeHep({
    transport: 'udp',
    ...{ source: local, destination: local, at, correlationId },
    captureId: hep.captureId,
    authKey: unseal(hep.authKeySealed, organisationId),
    payload: Buffer.from(testMessage(advertised, correlationId)),
  });
  if (packet === undefined) return { ok: false, code: 'HEP.UNREACHABLE', detail: 'The message is too large' };
  const probe = await probeHep(hep, [packet]);
  return probe.ok ? probe : { ok: false, code: 'HEP.UNREACHABLE', detail: probe.detail };
}

/** A request that says what it is to whoever finds it. */
function testMessage(host: string, callId: string): string {
  const authority = bracketHost(host);
  return [
    `OPTIONS sip:test@${authority} SIP/2.0`,
    `Via: SIP/2.0/UDP ${authority};branch=z9hG4bK-${callId}`,
    'Max-Forwards: 0',
    `From: "Carillon test message" <sip:carillon@${authority}>;tag=test`,
    `To: <sip:test@${authority}>`,
    `Call-ID: ${callId}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
