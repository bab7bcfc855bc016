/**
 * A record-routing proxy with its location service in memory, for a comparison of equals: bindings by REGISTER without
 * a password, everything else forwarded to the bindings of the Request-URI's user.
 *
 * in: `--port N`; out: `ready` on stdout, memory figures as JSON on stdout for each line on stdin
 */
import { createInterface } from 'node:readline';
import { memoryUsage, exit, argv, stdin, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { createUserAgent } from '@carillon/sip-stack';
import type { ProxyTarget } from '@carillon/sip-stack';

const { values } = parseArgs({ args: argv.slice(2), options: { port: { type: 'string' } } });
const host = '127.0.0.1';
const port = Number(values.port);
const location = new Map<string, readonly ProxyTarget[]>();

const agent = await createUserAgent({
  listen: [
    { protocol: 'udp', host, port },
    { protocol: 'tcp', host, port },
  ],
  // Half a minute of transactions at some thousands of calls a second.
  limits: { maxTransactions: 1_000_000, maxConnections: 100_000, maxConnectionsPerAddress: 100_000 },
  proxy: { isOwnHost: (name) => name === 'bench.local' },
});

agent.on('register', (register) => {
  const { to, contactUri } = register.request;
  const user = to === undefined ? undefined : /^sips?:([^@;]+)@/.exec(to.uri)?.[1];
  if (user !== undefined && contactUri !== undefined) location.set(user, [{ uri: contactUri }]);
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

createInterface({ input: stdin })
  .on('line', () => stdout.write(`${JSON.stringify({ ...memoryUsage(), ...agent.stats() })}\n`))
  .on('close', () => exit(0));
stdout.write('ready\n');
