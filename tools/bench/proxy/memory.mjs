#!/usr/bin/env node
// What the proxy keeps: octets of memory per call that goes on, per call that has ended, and per TCP connection.
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { runStep } from './run-step.mjs';
import { register, startOurs } from './start-proxy.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '15200' },
    calls: { type: 'string', default: '4000' },
    connections: { type: 'string', default: '4000' },
  },
});
const port = Number(values.port);
const proxy = await startOurs({ port, flags: ['--expose-gc'] });
const load = { port: port + 10, calleePort: port + 20, rate: 400 };
try {
  await register(proxy, { user: `callee${load.calleePort}`, contactPort: load.calleePort });
  // What code and tables take once is not a call's. Then longer than any transaction lives.
  await runStep(proxy, { ...load, seconds: Number(values.calls) / load.rate });
  await pause(40_000);
  const before = await proxy.memory();
  const calls = Number(values.calls);
  await runStep(proxy, { ...load, seconds: calls / load.rate });
  const after = await proxy.memory();
  show('call, in the half minute after it (three transactions)', before, after, calls);
  await pause(40_000);
  const idle = await proxy.memory();
  show('call, after that', before, idle, calls);
  console.log(`Transactions left: ${idle.clientTransactions + idle.serverTransactions}`);

  const sockets = [];
  for (let count = 0; count < Number(values.connections); count++) sockets.push(await open());
  await pause(2000);
  show('TCP connection that has carried a request', idle, await proxy.memory(), sockets.length);
  for (const socket of sockets) socket.destroy();
} finally {
  await proxy.stop();
}

/** A connection that asks one question. */
function open() {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.write(
        [
          'OPTIONS sip:nobody@bench.local SIP/2.0',
          `Via: SIP/2.0/TCP 127.0.0.1:${socket.localPort};branch=z9hG4bK${socket.localPort}`,
          'Max-Forwards: 70',
          'From: <sip:a@bench.local>;tag=1',
          'To: <sip:nobody@bench.local>',
          `Call-ID: tcp-${socket.localPort}`,
          'CSeq: 1 OPTIONS',
          'Content-Length: 0',
          '\r\n',
        ].join('\r\n'),
      );
    });
    socket.once('data', () => resolve(socket));
    socket.once('error', reject);
  });
}

function show(what, before, after, count) {
  const octets = after.heapUsed + after.external - before.heapUsed - before.external;
  console.log(
    `| ${what} | ${Math.round(octets / count)} octets | ${Math.round((after.rss - before.rss) / count)} of RSS |`,
  );
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
