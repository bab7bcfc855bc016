import { readFileSync } from 'node:fs';
import type { CommandInput } from '@carillon/contracts';
import { CallId, LegId, newId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine, SfuEngine } from '@carillon/media-engine';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-of-both-families');
const OFFER = readFileSync(
  new URL('../../../../protocol/sdp/vectors/chromium/audio.offerWithCandidates.sdp', import.meta.url),
  'utf8',
);
let bus: Bus;
let plane: PhonePlane;
let sfu: SfuEngine;

beforeAll(async () => {
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 16_510, max: 16_519 }, bindAddress: '::' });
  const addresses = { advertisedAddress: '127.0.0.1', advertisedAddress6: '::1' };
  sfu = new SfuEngine({
    audio: engine,
    listenAddress: '::',
    ...{ announcedAddress: addresses.advertisedAddress, announcedAddress6: addresses.advertisedAddress6 },
    ...{ webRtcPorts: [16_549], bridgePorts: { min: 16_520, max: 16_548 } },
  });
  await sfu.start();
  plane = new PhonePlane({
    ...{ bus, engine, webRtc: sfu.webRtc, ownerId, dataDir: '', logger: silentLogger(), ...addresses },
    ...{ health: new Health(silentLogger()), metrics: new Metrics() },
  });
  plane.open();
});
afterAll(async () => {
  await sfu.close();
  await plane.close();
  await bus.close();
});

/** @returns our SDP, once the endpoint is closed again */
async function describeTo(more: Partial<CommandInput<'media.open'>>): Promise<string> {
  const leg = { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) };
  const opened = await bus.call('media.open', { ...leg, ...more });
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail ?? ''}`);
  await bus.call('media.close', { endpointId: opened.endpointId }, { ownerId });
  return opened.sdp;
}

const candidatesIn = (sdp: string): string[] =>
  [...sdp.matchAll(/^a=candidate:\S+ 1 (\S+) \d+ (\S+) (\d+) /gm)].map(([, protocol, address, port]) =>
    [protocol, address, port].join(' '),
  );
const connectionIn = (sdp: string): string | undefined => /^c=(.*?)\r?$/m.exec(sdp)?.[1];

describe('who has WebRTC', () => {
  it('is given candidates of both families, IPv6 first, and the usual one as the default', async () => {
    const sdp = await describeTo({ offer: OFFER });
    expect(candidatesIn(sdp)).toEqual(['udp ::1 16549', 'tcp ::1 16549', 'udp 127.0.0.1 16549', 'tcp 127.0.0.1 16549']);
    expect(connectionIn(sdp)).toBe('IN IP4 127.0.0.1');
  });

  it('and is of IPv6 is given that as the default', async () => {
    const offer = OFFER.replace(/^c=IN IP4 .*$/gm, 'c=IN IP6 2001:db8::7\r').replaceAll('\r\r', '\r');
    expect(connectionIn(await describeTo({ offer }))).toBe('IN IP6 ::1');
    expect(connectionIn(await describeTo({ encryption: 'dtls', family: 'ipv6' }))).toBe('IN IP6 ::1');
  });

  it('and names no source comes by one port of its own, at both addresses', async () => {
    const offer = OFFER.replace(/^a=(?:ssrc|extmap|mid|msid).*\r\n/gm, '').replace(/^a=group.*\r\n/m, '');
    const [six, four, ...more] = candidatesIn(await describeTo({ offer }));
    expect(six).toMatch(/^udp ::1 165[234]\d$/);
    expect(four).toBe(six?.replace('::1', '127.0.0.1'));
    expect(more).toEqual([]);
  });
});

it.each([
  ['ipv6', 'IN IP6 ::1'],
  ['ipv4', 'IN IP4 127.0.0.1'],
] as const)('a phone of %s with DTLS-SRTP and without ICE is told of %s', async (family, connection) => {
  expect(connectionIn(await describeTo({ encryption: 'dtls-without-ice', family }))).toBe(connection);
});
