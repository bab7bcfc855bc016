import { readFileSync } from 'node:fs';
import type { CommandInput, EventPayload } from '@carillon/contracts';
import { CallId, LegId, newId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine, SfuEngine } from '@carillon/media-engine';
import { until } from '@carillon/media-engine/testing';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-under-test');
const vectors = new URL('../../../../protocol/sdp/vectors/', import.meta.url);
const vector = (name: string): string => readFileSync(new URL(name, vectors), 'utf8');

let bus: Bus;
let plane: PhonePlane;
let sfu: SfuEngine;
let workerPid = 0;
const lost: EventPayload<'media.endpoint-lost'>[] = [];

beforeAll(async () => {
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 19_600, max: 19_639 } });
  sfu = new SfuEngine({
    audio: engine,
    listenAddress: '127.0.0.1',
    webRtcPorts: [19_699],
    bridgePorts: { min: 19_640, max: 19_698 },
    connectionLimits: { connectMs: 600, leaveMs: 100 },
  });
  sfu.on((event) => {
    if (event.type === 'worker-ready') workerPid = event.pid;
  });
  await sfu.start();
  plane = new PhonePlane({
    ...{
      bus,
      engine,
      webRtc: sfu.webRtc,
      ownerId,
      advertisedAddress: '192.0.2.9',
      dataDir: '',
      logger: silentLogger(),
    },
    ...{ health: new Health(silentLogger()), metrics: new Metrics() },
  });
  plane.open();
  bus.subscribe('media.endpoint-lost', (event) => void lost.push(event));
});
beforeEach(() => {
  lost.length = 0;
});
afterAll(async () => {
  await sfu.close();
  await plane.close();
  await bus.close();
});

const open = (more: Partial<CommandInput<'media.open'>>) =>
  bus.call('media.open', {
    ...{ organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) },
    ...more,
  });

async function opened(more: Partial<CommandInput<'media.open'>>) {
  const answer = await open(more);
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.detail ?? ''}`);
  return answer;
}

const valueOf = (sdp: string, name: string): string | undefined =>
  new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trim();

describe('a browser’s offer', () => {
  it.each([
    ['chromium/audio.offerWithCandidates.sdp', '111 110'],
    ['firefox/audio.offerWithCandidates.sdp', '109 101'],
  ])('%s is answered with its own numbers, ICE-lite and DTLS', async (name, formats) => {
    const { sdp, endpointId } = await opened({ offer: vector(name) });
    expect(sdp).toMatch(new RegExp(`^m=audio 19699 UDP/TLS/RTP/SAVPF ${formats}\\r$`, 'm'));
    expect(sdp).toMatch(/^a=group:BUNDLE 0\r$/m);
    expect(sdp).toMatch(/^a=ice-lite\r$/m);
    expect(sdp).toMatch(/^a=rtcp-mux\r$/m);
    expect(sdp).toMatch(/^c=IN IP4 127.0.0.1\r$/m);
    expect(valueOf(sdp, 'setup')).toBe('active');
    expect(valueOf(sdp, 'fingerprint')).toMatch(/^sha-256 /);
    expect(valueOf(sdp, 'ssrc')).toMatch(/^\d+ cname:carillon-/);
    expect(sfu.webRtc.count).toBe(1);
    await bus.call('media.close', { endpointId }, { ownerId });
    expect(sfu.webRtc.count).toBe(0);
  });

  it('keeps its credentials through hold, and gets new ones with an ICE restart', async () => {
    const first = await opened({ offer: vector('chromium/audio.offerWithCandidates.sdp') });
    const { endpointId } = first;
    const again = async (sdp: string) => {
      const answer = await bus.call('media.accept-offer', { endpointId, sdp }, { ownerId });
      if (!answer.ok) throw new Error(`${answer.code}: ${answer.detail ?? ''}`);
      return answer.sdp;
    };
    const offer = vector('chromium/audio.offerWithCandidates.sdp');
    const held = await again(offer.replace('a=sendrecv', 'a=sendonly'));
    expect(held).toMatch(/^a=recvonly\r$/m);
    expect(valueOf(held, 'ssrc')).toBe(valueOf(first.sdp, 'ssrc'));
    expect(valueOf(held, 'ice-ufrag')).toBe(valueOf(first.sdp, 'ice-ufrag'));
    const restarted = await again(
      offer
        .replace(/a=ice-ufrag:.*/g, 'a=ice-ufrag:other')
        .replace(/a=ice-pwd:.*/g, 'a=ice-pwd:0123456789012345678901'),
    );
    expect(valueOf(restarted, 'ice-ufrag')).not.toBe(valueOf(first.sdp, 'ice-ufrag'));
    expect(valueOf(restarted, 'setup')).toBe('active');
    await bus.call('media.close', { endpointId }, { ownerId });
  });

  it('with another certificate later gets a new transport (RFC 8842 §5.1)', async () => {
    const offer = vector('chromium/audio.offerWithCandidates.sdp');
    const first = await opened({ offer });
    const { endpointId } = first;
    const sdp = offer.replace(/a=fingerprint:sha-256 ..:..:/, 'a=fingerprint:sha-256 00:11:');
    const answer = await bus.call('media.accept-offer', { endpointId, sdp }, { ownerId });
    expect(answer.ok && valueOf(answer.sdp, 'ice-ufrag')).not.toBe(valueOf(first.sdp, 'ice-ufrag'));
    expect(sfu.webRtc.count).toBe(1);
    await bus.call('media.close', { endpointId }, { ownerId });
  });

  it('may not become plain RTP later, and the call goes on as it was', async () => {
    const offer = vector('chromium/audio.offerWithCandidates.sdp');
    const { endpointId } = await opened({ offer });
    const plain = [
      'v=0',
      'o=- 1 2 IN IP4 192.0.2.1',
      's=-',
      'c=IN IP4 192.0.2.1',
      't=0 0',
      'm=audio 4000 RTP/AVP 0',
      '',
    ];
    expect(await bus.call('media.accept-offer', { endpointId, sdp: plain.join('\r\n') }, { ownerId })).toMatchObject({
      ok: false,
      code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
    });
    expect(await bus.call('media.accept-offer', { endpointId, sdp: offer }, { ownerId })).toMatchObject({ ok: true });
    await bus.call('media.close', { endpointId }, { ownerId });
  });
});

it('a phone with DTLS and without ICE keeps its sound when its next offer is refused (RFC 3261 §14.2)', async () => {
  const offer = (host: string, more: { version: number; first: string }): string =>
    [
      ...['v=0', `o=- 1 ${more.version} IN IP4 192.0.2.1`, 's=-', `c=IN IP4 ${host}`, 't=0 0'],
      ...['m=audio 4000 UDP/TLS/RTP/SAVP 0', 'a=setup:actpass'],
      `a=fingerprint:sha-256 ${[more.first, ...Array<string>(31).fill('AB')].join(':')}`,
      '',
    ].join('\r\n');
  const first = await opened({ offer: offer('127.0.0.1', { version: 1, first: 'AA' }) });
  const { endpointId } = first;
  const next = (sdp: string) => bus.call('media.accept-offer', { endpointId, sdp }, { ownerId });
  const named = await next(offer('phone.example', { version: 2, first: 'BB' }));
  expect(named).toMatchObject({ ok: false, code: 'MEDIA.NOT_ACCEPTABLE' });
  const again = await next(offer('127.0.0.1', { version: 3, first: 'AA' }));
  const portIn = (sdp: string): string | undefined => /^m=audio (\d+) /m.exec(sdp)?.[1];
  expect(again.ok && portIn(again.sdp)).toBe(portIn(first.sdp));
  await bus.call('media.close', { endpointId }, { ownerId });
});

describe('an offer of ours to a browser', () => {
  it('says all that it needs, and takes a browser’s answer', async () => {
    const { sdp, endpointId } = await opened({ encryption: 'dtls' });
    expect(sdp).toMatch(/^m=audio 19699 UDP\/TLS\/RTP\/SAVPF 107 9 0 8 102 101\r$/m);
    expect(sdp).toMatch(/^a=mid:0\r$/m);
    expect(valueOf(sdp, 'setup')).toBe('actpass');
    const answer = vector('chromium/audio.answerWithCandidates.sdp')
      .replace(/ 111 .*$/m, ' 107')
      .replaceAll(/:111 /g, ':107 ');
    expect(await bus.call('media.accept-answer', { endpointId, sdp: answer }, { ownerId })).toEqual({ ok: true });
    const later = await bus.call('media.make-offer', { endpointId, direction: 'sendonly' }, { ownerId });
    expect(later.ok && valueOf(later.sdp, 'ssrc')).toMatch(/^\d+ cname/);
    expect(later.ok && later.sdp.match(/^a=mid:/gm)).toHaveLength(1);
    await bus.call('media.close', { endpointId }, { ownerId });
  });

  it('is not answered with plain RTP', async () => {
    const { endpointId } = await opened({ encryption: 'dtls' });
    const sdp = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0', 'm=audio 4000 RTP/AVP 0', ''];
    expect(await bus.call('media.accept-answer', { endpointId, sdp: sdp.join('\r\n') }, { ownerId })).toMatchObject({
      ok: false,
      code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
    });
    await bus.call('media.close', { endpointId }, { ownerId });
  });
});

describe('a browser that is lost', () => {
  it('is told when its media never connects', async () => {
    const { endpointId } = await opened({ offer: vector('chromium/audio.offerWithCandidates.sdp') });
    await until(() => lost.length > 0);
    expect(lost).toMatchObject([{ endpointId, reason: 'not-connected' }]);
    expect(sfu.webRtc.count).toBe(0);
  });

  it('is told when the mediasoup worker dies, and the next call finds a new one', async () => {
    const { endpointId } = await opened({ offer: vector('chromium/audio.offerWithCandidates.sdp') });
    process.kill(workerPid, 'SIGKILL');
    await until(() => lost.length > 0);
    expect(lost).toMatchObject([{ endpointId, reason: 'worker-died' }]);
    const next = await opened({ offer: vector('chromium/audio.offerWithCandidates.sdp') });
    await bus.call('media.close', { endpointId: next.endpointId }, { ownerId });
  });
});
