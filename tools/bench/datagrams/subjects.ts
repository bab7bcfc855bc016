/**
 * One UDP server on a free port of loopback, named by the first argument; it prints its port and answers until it is
 * killed.
 *
 * | name        | what is done with a datagram                                                    |
 * | ----------- | ------------------------------------------------------------------------------- |
 * | `echo`      | sent back, by Node's dgram alone                                                |
 * | `transport` | read by our UDP transport, parsed, answered with a 200 built from the request   |
 * | `agent`     | the same by a whole user agent: checks, a transaction, the handler of OPTIONS   |
 */
import { createSocket } from 'node:dgram';
import process from 'node:process';
import { createUserAgent, DEFAULT_LIMITS, silentLogger, systemClock } from '@carillon/sip-stack';
import { ResponseTemplate } from '../../../libs/engine/sip-stack/src/transaction/response-template.js';
import { openUdpTransport } from '../../../libs/engine/sip-stack/src/transport/udp-transport.js';

const HOST = '127.0.0.1';

const SUBJECTS: Record<string, () => Promise<number>> = {
  echo: () =>
    new Promise((resolve) => {
      const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) =>
        done(null, host, 4);
      const socket = createSocket({ type: 'udp4', lookup, recvBufferSize: 4 * 1024 * 1024 });
      socket.on('message', (bytes, peer) => socket.send(bytes, peer.port, peer.address));
      socket.bind(0, HOST, () => resolve(socket.address().port));
    }),
  transport: async () => {
    const transport = await openUdpTransport(
      { protocol: 'udp', host: HOST, port: 0 },
      {
        clock: systemClock,
        limits: DEFAULT_LIMITS,
        logger: silentLogger,
        bytes: (length) => new Uint8Array(length),
        fraction: () => 0,
        mark: () => undefined,
        tls: undefined,
        sent: () => undefined,
        receiver: {
          message: (message, flow) => {
            if (message.kind === 'request') flow.send(new ResponseTemplate(message, flow, () => 'tag').build(200));
          },
          malformed: () => undefined,
        },
      },
    );
    return transport.address.port;
  },
  agent: async () => {
    const agent = await createUserAgent({
      listen: [{ protocol: 'udp', host: HOST, port: 0 }],
      // Each OPTIONS is remembered for 32 s (RFC 3261 §17.2.2, Timer J); here for one, or memory is what is measured.
      timers: { t1: 15 },
      limits: { maxTransactions: 1_000_000 },
    });
    return agent.addresses[0]?.port ?? 0;
  },
};

const subject = SUBJECTS[process.argv[2] ?? ''];
if (subject === undefined) throw new Error(`Name one of ${Object.keys(SUBJECTS).join(', ')}`);
process.stdout.write(`${await subject()}\n`);

// Ends in order, so that a profile is written.
process.on('SIGINT', () => process.exit(0));
