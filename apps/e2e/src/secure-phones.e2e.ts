import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { freePorts } from './harness/ports.js';
import { measureTone } from './harness/tones.js';
import { sleep } from './harness/wait.js';

let carillon: Carillon;
let wssPort: number;
let certificate: string;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  wssPort = await freePorts();
  carillon = await Carillon.start({ CARILLON_SIP_WSS_PORT: String(wssPort) });
  certificate = join(carillon.dataDir, 'tls-certificate.pem');
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

/** TLS is beside the SIP port. */
function secure(): { transport: 'tls'; serverPort: number; authorities: string } {
  return { transport: 'tls', serverPort: carillon.demo.sip.tcpPort + 1, authorities: certificate };
}

describe('desk phones over TLS', () => {
  it.each([
    ['another over TLS', true],
    ['one over UDP', false],
  ])('register and call %s, and both hear each other', async (_, both) => {
    const alice = await phones.start('1001', { tone: 440, ...secure() });
    const bob = await phones.start('1002', { tone: 700, ...(both ? secure() : {}) });
    alice.dial('1002');
    await alice.seen('CALL_ESTABLISHED');
    await bob.seen('CALL_ESTABLISHED');
    await sleep(4000);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
    await sleep(500);
    expect(measureTone(bob.heard(), 440).seconds).toBeGreaterThan(2);
    expect(measureTone(alice.heard(), 700).seconds).toBeGreaterThan(2);
    expect(alice.log).toContain('SIP/2.0/TLS');
  });
});

describe('the certificate that the first start made', () => {
  it('is checked by clients like any other, and its key is for nobody else', async () => {
    const ca = readFileSync(certificate, 'utf8');
    expect(statSync(join(carillon.dataDir, 'secrets/tls-key.pem')).mode & 0o777).toBe(0o600);
    const authorized = await new Promise<boolean>((resolve, reject) => {
      const socket = connect(
        { host: '127.0.0.1', port: secure().serverPort, servername: carillon.demo.sip.domain, ca },
        () => {
          resolve(socket.authorized);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
    expect(authorized).toBe(true);
  });

  it('serves secure WebSockets on their own port too', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${wssPort}/`, 'sip', { ca: readFileSync(certificate) });
    const answer = await new Promise<string>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => resolve(data.toString()));
      socket.on('open', () =>
        socket.send(
          [
            `REGISTER sip:${carillon.demo.sip.domain} SIP/2.0`,
            'Via: SIP/2.0/WSS client.invalid;branch=z9hG4bKsecure',
            'Max-Forwards: 70',
            `From: <sip:${carillon.staff('1003').sipUser}@${carillon.demo.sip.domain}>;tag=1`,
            `To: <sip:${carillon.staff('1003').sipUser}@${carillon.demo.sip.domain}>`,
            'Call-ID: secure',
            'CSeq: 1 REGISTER',
            'Contact: <sip:x@client.invalid;transport=ws>',
            'Content-Length: 0',
            '',
            '',
          ].join('\r\n'),
        ),
      );
    });
    expect(answer).toMatch(/^SIP\/2\.0 401 /);
    expect(answer).toContain('Via: SIP/2.0/WSS client.invalid');
    socket.terminate();
  });
});
