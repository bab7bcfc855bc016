import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../clock.js';

/** An ICMP error comes within a round trip, or not at all. */
const PROBE_MILLISECONDS = 2000;
/** What every SIP port ignores (RFC 5626 §3.5.1 on streams; a line end before a message, RFC 3261 §7.5). */
const NOTHING = Buffer.from('\r\n\r\n');

/**
 * Asks whether nobody listens on a UDP port: the system tells ICMP errors to connected sockets alone, and the SIP socket
 * serves everyone. `refused` is called at most once, where "port unreachable" or the like comes back.
 * @returns ends the probe
 */
export function probePort(
  clock: Clock,
  to: { address: string; port: number },
  refused: (error: Error) => void,
): () => void {
  const socket = createSocket(isIPv6(to.address) ? 'udp6' : 'udp4');
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    clock.clearTimeout(timer);
    socket.close();
  };
  const timer = clock.setTimeout(end, PROBE_MILLISECONDS);
  socket.on('error', (error) => {
    if (ended) return;
    end();
    refused(error);
  });
  socket.connect(to.port, to.address, () => {
    if (!ended) socket.send(NOTHING);
  });
  return end;
}
