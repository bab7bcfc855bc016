import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import type { HepDestination } from './hep-sender.js';

const PATIENCE_MS = 3_000;
/** A host that does not listen says so within this, if at all (ICMP port unreachable, RFC 1122 §4.1.3.1). */
const REFUSAL_MS = 400;

export type HepProbe = { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly detail: string };

/** Sends packets to a collector by a socket of its own and tells what became of them, as far as that can be known. */
export async function probeHep(
  { host, port, transport }: HepDestination,
  packets: readonly Buffer[],
): Promise<HepProbe> {
  const where = `${host}:${port}`;
  const what = packets.length === 1 ? 'the message' : `${packets.length} messages`;
  try {
    const { address } = await lookup(host);
    if (transport === 'tcp') {
      await probeTcp(address, port, packets);
      return { ok: true, detail: `${where} took ${what} over TCP.` };
    }
    await probeUdp(address, port, packets);
    return { ok: true, detail: `Sent ${what} to ${where} over UDP, and nobody refused. Look in the collector.` };
  } catch (error) {
    return { ok: false, detail: `${where}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function probeTcp(address: string, port: number, packets: readonly Buffer[]): Promise<void> {
  const socket = connect({ host: address, port });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    await once(socket, 'connect', { signal });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.end(Buffer.concat(packets), () => resolve());
    });
  } finally {
    socket.on('error', () => undefined);
    socket.destroySoon();
  }
}

/** Sockets are looked at after timers: where the process had no time meanwhile, a refusal is there and not read yet. */
function afterRefusals(act: () => void): void {
  setTimeout(() => setImmediate(act), REFUSAL_MS);
}

async function probeUdp(address: string, port: number, packets: readonly Buffer[]): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => {
        const send = (at: number): void => {
          const packet = packets[at];
          if (packet === undefined) afterRefusals(resolve);
          // One after the other: all at once, a long ladder would not fit into the socket.
          else socket.send(packet, (error) => (error === null ? send(at + 1) : reject(error)));
        };
        send(0);
      });
    });
  } finally {
    socket.close();
  }
}
