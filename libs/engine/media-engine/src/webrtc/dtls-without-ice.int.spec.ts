import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AudioEngine } from '../api/audio-engine.js';
import { createAudioEngine } from '../engine/create-audio-engine.js';
import { SfuEngine } from '../sfu/sfu-engine.js';
import { until, wait } from '../testing/index.js';
import { valueOf } from '../testing/value-of.js';

const LOOPBACK = '127.0.0.1';
const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
const PCMU = { name: 'PCMU', clockRate: 8000, channels: 1, payloadType: 0 } as const;

/** OpenSSL in the place of a phone that begins the handshake (`setup:active`), at each port for itself. */
describe.skipIf(!hasOpenSsl)('a phone with DTLS-SRTP and without ICE', () => {
  let audio: AudioEngine;
  let sfu: SfuEngine;
  let folder: string;
  let fingerprint: { hash: string; value: string };
  const clients: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'carillon-dtls-'));
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'phone.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=phone', ...files], {
      stdio: 'ignore',
    });
    const { fingerprint256 } = new X509Certificate(readFileSync(join(folder, 'phone.pem')));
    fingerprint = { hash: 'sha-256', value: fingerprint256 };
    audio = await createAudioEngine({ portRange: { min: 19_700, max: 19_709 } });
    sfu = new SfuEngine({
      audio,
      listenAddress: LOOPBACK,
      webRtcPorts: [19_760],
      bridgePorts: { min: 19_710, max: 19_759 },
    });
    await sfu.start();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.kill();
  });
  afterAll(async () => {
    await sfu.close();
    await audio.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open() {
    const endpoint = valueOf(await audio.openEndpoint({ loopback: true }));
    const opened = await sfu.webRtc.open({ ...endpoint, formats: [PCMU], withoutIce: true });
    if (!opened.ok || opened.value.port === undefined) throw new Error('It did not open');
    return { endpointId: endpoint.endpointId, port: opened.value.port };
  }

  /** @param port theirs @returns what it says */
  function shakeHands(port: number): () => string {
    let output = '';
    const identity = ['-cert', join(folder, 'phone.pem'), '-key', join(folder, 'key.pem')];
    const way = ['-dtls1_2', '-connect', `${LOOPBACK}:${port}`, '-use_srtp', 'SRTP_AES128_CM_SHA1_80'];
    const client = spawn('openssl', ['s_client', ...way, ...identity], { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [client.stdout, client.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    clients.push(client);
    return () => output;
  }

  const letIn = (endpointId: string, rtcpMux: boolean) => {
    // From behind a NAT that is told of nowhere: it comes from elsewhere.
    const address = { address: LOOPBACK, port: 9, rtcpMux, rtcp: { address: LOOPBACK, port: 10 } };
    return sfu.webRtc.connect(endpointId, { dtlsRole: 'client', fingerprints: [fingerprint], address });
  };
  const SECURED = 'SRTP Extension negotiated, profile=SRTP_AES128_CM_SHA1_80';

  it('and without rtcp-mux shakes hands for its RTCP too', async () => {
    const { endpointId, port } = await open();
    expect(port % 2).toBe(0);
    expect(await letIn(endpointId, false)).toMatchObject({ ok: true });
    const [rtp, rtcp] = [shakeHands(port), shakeHands(port + 1)];
    await until(() => rtp().includes(SECURED) && rtcp().includes(SECURED));
    sfu.webRtc.close(endpointId);
    sfu.webRtc.close(endpointId);
  });

  it('has both ports to itself, until it is closed', async () => {
    const { endpointId, port } = await open();
    expect([await isFree(port), await isFree(port + 1)]).toEqual([false, false]);
    expect(await letIn(endpointId, false)).toMatchObject({ ok: true });
    expect([await isFree(port), await isFree(port + 1)]).toEqual([false, false]);
    sfu.webRtc.close(endpointId);
    await untilFree(port, port + 1);
  });

  it('closed while its RTCP is let in leaves no port behind', async () => {
    const { endpointId, port } = await open();
    const connecting = letIn(endpointId, false);
    sfu.webRtc.close(endpointId);
    await connecting;
    await untilFree(port, port + 1);
  });
  it('leaves the port above to others where a phone does ICE', async () => {
    const endpoint = valueOf(await audio.openEndpoint({ loopback: true }));
    const opened = await sfu.webRtc.open({ ...endpoint, formats: [PCMU], sourceUnsaid: true });
    const port = opened.ok ? opened.value.ice.candidates[0]?.port : undefined;
    if (port === undefined) throw new Error('It did not open');
    expect(port % 2).toBe(0);
    await untilFree(port + 1);
    expect(await isFree(port)).toBe(false);
    sfu.webRtc.close(endpoint.endpointId);
    sfu.webRtc.close(endpoint.endpointId);
    await untilFree(port);
  });
});

function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((settle) => {
    socket.once('error', () => settle(false));
    socket.bind(port, LOOPBACK, () => socket.close(() => settle(true)));
  });
}

async function untilFree(...ports: number[]): Promise<void> {
  for (const port of ports) while (!(await isFree(port))) await wait(20);
}
