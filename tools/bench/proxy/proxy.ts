/**
 * A record-routing proxy with its location service in memory, for a comparison of equals: bindings by REGISTER without
 * a password, everything else forwarded to the bindings of the Request-URI's user.
 *
 * in: `--port N [--workers N]`; out: `ready` on stdout, memory figures as JSON on stdout for each line on stdin
 */
import cluster from 'node:cluster';
import { createInterface } from 'node:readline';
import process, { memoryUsage, exit, argv, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { helpersGiveWay } from '@carillon/service-runtime';
import { createUserAgent, joinSipWorkers, startSipWorkers } from '@carillon/sip-stack';
import type { ProxyTarget } from '@carillon/sip-stack';

const { values } = parseArgs({
  args: argv.slice(2),
  options: { port: { type: 'string' }, workers: { type: 'string', default: '1' } },
});
const workers = Number(values.workers);
// As the product does: marking the heap takes a quarter of the core then, not half of it.
helpersGiveWay();

interface Bound {
  readonly user: string;
  readonly contact: string;
}

if (workers > 1 && cluster.isPrimary) {
  const ready = new Set<number>();
  const running = startSipWorkers(workers);
  cluster.on('message', (from, message: unknown) => {
    if (message === 'ready' && ready.add(from.id).size === workers) stdout.write('ready\n');
    // What one worker was told, all know.
    if (isBound(message)) for (const worker of Object.values(cluster.workers ?? {})) worker?.send(message);
  });
  createInterface({ input: stdin }).on('close', () => {
    void running.close(500).then(() => exit(0));
  });
} else await serve();

async function serve(): Promise<void> {
  const host = '127.0.0.1';
  const port = Number(values.port);
  const location = new Map<string, readonly ProxyTarget[]>();
  const bind = ({ user, contact }: Bound): void => void location.set(user, [{ uri: contact }]);
  const pinning = await joinSipWorkers();
  const agent = await createUserAgent({
    listen: [
      // A worker's own port: what it sends by it is answered there, and needs no handing over.
      ...(pinning === undefined ? [] : [{ protocol: 'udp', host, port: port + 1 + pinning.worker } as const]),
      { protocol: 'udp', host, port },
      { protocol: 'tcp', host, port },
    ],
    // Half a minute of transactions at some thousands of calls a second.
    limits: { maxTransactions: 1_000_000, maxConnections: 100_000, maxConnectionsPerAddress: 100_000 },
    proxy: { isOwnHost: (name) => name === 'bench.local' },
    ...(pinning === undefined ? {} : { pinning }),
  });

  agent.on('register', (register) => {
    const { to, contactUri } = register.request;
    const user = to === undefined ? undefined : /^sips?:([^@;]+)@/.exec(to.uri)?.[1];
    if (user !== undefined && contactUri !== undefined) {
      const bound: Bound = { user, contact: contactUri };
      bind(bound);
      process.send?.(bound);
    }
    register.reply(200);
  });

  agent.on('route', (routed) => {
    if (routed.request.method === 'REGISTER') {
      routed.toUserAgent();
      return;
    }
    const { uri } = routed.request;
    const user = uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
    const targets = user === undefined ? undefined : location.get(user);
    if (targets === undefined) routed.reply(404);
    else routed.proxy({ targets });
  });

  if (process.send !== undefined) {
    process.on('message', (message: unknown) => {
      if (isBound(message)) bind(message);
    });
    process.on('SIGTERM', () => exit(0));
    process.send('ready');
    return;
  }
  createInterface({ input: stdin })
    .on('line', () => {
      globalThis.gc?.();
      stdout.write(`${JSON.stringify({ ...memoryUsage(), ...agent.stats() })}\n`);
    })
    .on('close', () => exit(0));
  stdout.write('ready\n');
}

function isBound(message: unknown): message is Bound {
  return typeof message === 'object' && message !== null && 'user' in message && 'contact' in message;
}
