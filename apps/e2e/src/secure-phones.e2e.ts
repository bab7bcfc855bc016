import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BaresipOptions } from './harness/baresip.js';
import { adminOf, callOf } from './harness/call-history.js';
import { callEachOther } from './harness/call-each-other.js';
import { Carillon } from './harness/carillon.js';
import { hasProgram } from './harness/has-program.js';
import { Linphone } from './harness/linphone.js';
import { Phones } from './harness/phones.js';
import { freePorts } from './harness/ports.js';
import { tellOfFailures } from './harness/sip-trace.js';
import { sleep } from './harness/wait.js';

/** In which twice as much sound comes as has to be heard. */
const LISTEN_MS = 3500;
const hasLinphone = await hasProgram('linphonec');
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
tellOfFailures(() => carillon);

/** TLS is beside the SIP port. */
function secure(): { transport: 'tls'; serverPort: number; authorities: string } {
  return { transport: 'tls', serverPort: carillon.demo.sip.tcpPort + 1, authorities: certificate };
}

const TLS = { overTls: true } as const;
const PROFILES = '/api/admin/device-profiles';

/** The ports are known only once the product runs. */
function resolved({ overTls, ...options }: Partial<BaresipOptions> & { overTls?: boolean }): Partial<BaresipOptions> {
  return { ...options, ...(overTls === true ? secure() : {}) };
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
    await Promise.all([alice.hears(700), bob.hears(440)]);
    bob.hangUp();
    await alice.seen('CALL_CLOSED');
    expect(alice.log).toContain('SIP/2.0/TLS');
  });
});

describe('phones with SRTP', () => {
  it.each([
    ['one that must have it, over TLS', { mediaEncryption: 'srtp-mand', ...TLS }, {}],
    ['one that must have it, over UDP', { mediaEncryption: 'srtp-mand' }, {}],
    ['one that likes it, over TLS', { mediaEncryption: 'srtp', ...TLS }, {}],
    ['two that must have it', { mediaEncryption: 'srtp-mand', ...TLS }, { mediaEncryption: 'srtp-mand' }],
    ['one with Opus', { mediaEncryption: 'srtp-mand', codec: 'opus' }, {}],
  ] as const)('%s: calls, and is called, and both hear each other', async (_, secured, other) => {
    const alice = await phones.start('1001', { tone: 440, ...resolved(secured) });
    const bob = await phones.start('1002', { tone: 700, ...other });
    await callEachOther(alice, bob);
    expect(alice.log).toMatch(/SRTP is Enabled|crypto|srtp/i);
  });

  it.each([
    ['over UDP', { codec: 'pcmu' }],
    ['over TLS, with Opus and RTCP on the same port', { ...TLS, codec: 'opus', rtcpMux: true }],
  ] as const)('a desk phone with DTLS-SRTP and without ICE %s: calls, holds, is called', async (_, way) => {
    const admin = await adminOf(carillon);
    const { builtIn } = await admin.do<{ builtIn: { quirks: object }[] }>('GET', PROFILES);
    const quirks = { ...builtIn[0]?.quirks, mediaEncryption: 'dtls' };
    await admin.do('PUT', PROFILES, { profiles: [{ name: 'DTLS phones', userAgent: 'baresip', quirks }] });
    try {
      const alice = await phones.start('1001', { tone: 440, mediaEncryption: 'dtls_srtp', ...resolved(way) });
      const bob = await phones.start('1002', { tone: 700, mediaEncryption: 'dtls_srtp' });
      alice.dial('1002');
      await bob.seen('CALL_ESTABLISHED');
      await Promise.all([alice.hears(700), bob.hears(440)]);
      alice.hold();
      await alice.soundFlows(false);
      alice.resume();
      await Promise.all([alice.soundFlows(), bob.soundFlows()]);
      alice.hangUp();
      await bob.seen('CALL_CLOSED');
      expect(alice.log).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF? /m);
    } finally {
      await admin.do('PUT', PROFILES, { profiles: [] });
    }
  });

  it.skipIf(!hasLinphone)('Linphone with SRTP calls, and is called', async () => {
    const { sipUser, sipPassword } = carillon.staff('1001');
    const { transport, ...way } = secure();
    const linphone = await Linphone.start({
      ...{ user: sipUser, password: sipPassword, domain: carillon.demo.sip.domain, tone: 440 },
      ...{ transport, mediaEncryption: 'srtp', ...way },
    });
    try {
      const bob = await phones.start('1002', { tone: 700 });
      linphone.dial('1002');
      await linphone.inCall();
      await bob.seen('CALL_ESTABLISHED');
      await Promise.all([bob.hears(440), sleep(LISTEN_MS)]);
      bob.hangUp();
      await linphone.logs(/to LinphoneCallReleased/);
      await linphone.hears(700);
      const heard = linphone.secondsHeard(700);
      bob.dial('1001');
      await linphone.inCall(2);
      await Promise.all([bob.hears(440), sleep(LISTEN_MS)]);
      bob.hangUp();
      await linphone.hears(700, 1.5, heard);
      expect(linphone.log).toMatch(/^m=audio \d+ RTP\/SAVP /m);
      expect(linphone.log).toMatch(/^a=crypto:1 /m);
    } finally {
      await linphone.stop();
    }
  });

  it('the ladder of a call with a hold keeps no keys', async () => {
    const alice = await phones.start('1001', { tone: 440, mediaEncryption: 'srtp-mand' });
    const bob = await phones.start('1002', { tone: 700 });
    const began = Date.now();
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await alice.hears(700, 1);
    alice.hold();
    await alice.soundFlows(false);
    alice.resume();
    await alice.soundFlows();
    alice.hangUp();
    await bob.seen('CALL_CLOSED');
    const admin = await adminOf(carillon);
    const { callId } = await callOf(carillon, '1001', ({ startedAt }) => Date.parse(startedAt) >= began);
    const ladder = (await admin.bytes(`/api/calls/${callId}/ladder.txt`)).toString();
    const lines = ladder.match(/a=crypto:.*/g) ?? [];
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) expect(line).toMatch(/inline:x+(?:[|;\s]|$)/);
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
