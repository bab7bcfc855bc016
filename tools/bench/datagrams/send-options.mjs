/**
 * Sends OPTIONS to a port of loopback, always so many unanswered at once: `send-options.mjs PORT SECONDS WINDOW`. Prints
 * answers a second, all answers, and how long a request is.
 */
import { createSocket } from 'node:dgram';
import process from 'node:process';

const [port, seconds, window] = process.argv.slice(2).map(Number);
/** What is not answered so long is lost: on loopback, dropped by a full buffer. */
const LOST_MILLISECONDS = 200;
const socket = createSocket({
  type: 'udp4',
  lookup: (host, _options, done) => done(null, host, 4),
  recvBufferSize: 4 * 1024 * 1024,
});
await new Promise((bound) => socket.bind(0, '127.0.0.1', bound));
const own = socket.address().port;
const text = (id) =>
  [
    'OPTIONS sip:uc.test SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${own};rport;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    `From: <sip:bench@uc.test>;tag=${id}`,
    'To: <sip:uc.test>',
    `Call-ID: ${id}@127.0.0.1`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

let sent = 0;
let answered = 0;
let lastAnswer = performance.now();
const send = () => {
  sent += 1;
  socket.send(Buffer.from(text(String(10_000_000 + sent)), 'latin1'), port, '127.0.0.1');
};
socket.on('message', () => {
  answered += 1;
  lastAnswer = performance.now();
  send();
});
for (let at = 0; at < window; at++) send();
const refill = setInterval(() => {
  if (performance.now() - lastAnswer > LOST_MILLISECONDS) for (let at = 0; at < window; at++) send();
}, LOST_MILLISECONDS);
// The first second warms up.
await new Promise((passed) => setTimeout(passed, 1000));
const before = answered;
const begun = performance.now();
await new Promise((passed) => setTimeout(passed, seconds * 1000));
const rate = (answered - before) / ((performance.now() - begun) / 1000);
clearInterval(refill);
socket.close();
process.stdout.write(`${Math.round(rate)} ${answered} ${text('10000000').length}\n`);
