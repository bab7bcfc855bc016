import { readFileSync } from 'node:fs';

const PATIENCE_MS = 20_000;

/** Waits until some process waits at a local port over IPv4, as Linux lists its sockets: with no other end. @throws Error in vain */
export async function untilBound(port: number, transport: 'udp' | 'tcp'): Promise<void> {
  const socket = `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 `;
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    if (readFileSync(`/proc/net/${transport}`, 'latin1').includes(socket)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Nobody listens at ${transport} ${port}`);
}
