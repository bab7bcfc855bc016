import { NumberRule, TrunkEncryption, TrunkNumber } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { TrunkId } from '@carillon/domain';
import { z } from 'zod';
import type { Trunk } from './trunk.js';

const Rules = z.array(NumberRule).catch([]);
const Numbers = z.array(TrunkNumber).catch([]);
const Transport = z.enum(['udp', 'tcp', 'tls']).catch('udp');

/** An organisation's trunks that are switched on, in the order in which they are tried. */
export async function loadTrunks(tx: Tx): Promise<Trunk[]> {
  const rows = await tx.trunk.findMany({ where: { enabled: true }, orderBy: [{ priority: 'asc' }, { id: 'asc' }] });
  return rows.map((row) => ({
    trunkId: TrunkId.parse(row.id),
    name: row.name,
    host: row.host,
    port: row.port ?? undefined,
    transport: Transport.parse(row.transport),
    credentials:
      row.username === null ? undefined : { username: row.username, passwordSealed: row.passwordSealed ?? undefined },
    registers: row.registers,
    sourceAddresses: row.sourceAddresses,
    challenges: row.challenges,
    trusted: row.trusted,
    maxCalls: row.maxCalls,
    maxCallsPerSecond: row.maxCallsPerSecond,
    outbound: Rules.parse(row.outbound),
    inbound: Numbers.parse(row.inbound),
    defaultExtension: row.defaultExtension,
    callerNumber: row.callerNumber,
    callerIdentity: row.callerIdentity === 'user' ? 'user' : 'main',
    priority: row.priority,
    mediaEncryption: TrunkEncryption.parse(row.mediaEncryption),
    keysInClear: row.keysInClear,
    clearFallback: row.clearFallback,
    nextTrunkStatuses: row.nextTrunkStatuses,
  }));
}
