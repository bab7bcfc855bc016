import { tmpdir } from 'node:os';
import { CallId, newId, LegId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine } from '@carillon/media-engine';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-that-refuses');
const KEY = `inline:${Buffer.alloc(30, 7).toString('base64')}`;
let bus: Bus;
let plane: PhonePlane;

beforeAll(async () => {
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 16_420, max: 16_427 } });
  plane = new PhonePlane({
    ...{ bus, engine, ownerId, dataDir: tmpdir(), logger: silentLogger(), advertisedAddress: '127.0.0.1' },
    ...{ health: new Health(silentLogger()), metrics: new Metrics() },
  });
  plane.open();
});
afterAll(async () => {
  await plane.close();
  await bus.close();
});

function sdpOf(media: string, lines: readonly string[] = []): string {
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...head, `m=audio ${media}`, ...lines, ''].join('\r\n');
}

const SECURED = sdpOf('40000 RTP/SAVP 0', [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`]);
const directionIn = (sdp: string): string | undefined => /^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(sdp)?.[1];

it.each([
  ['cannot be read', 'v=0\r\nwhat', 'MEDIA.BAD_SDP'],
  [
    'has no codec of ours',
    sdpOf('40000 RTP/SAVP 18', [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`]),
    'MEDIA.NOT_ACCEPTABLE',
  ],
  ['takes the encryption away', sdpOf('40000 RTP/AVP 0'), 'MEDIA.TRANSPORT_NOT_ACCEPTABLE'],
])('a later offer that %s changes nothing, the direction neither (RFC 3261 §14.2)', async (_what, refused, code) => {
  const leg = { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) };
  const opened = await bus.call('media.open', { ...leg, offer: SECURED });
  if (!opened.ok) throw new Error(opened.code);
  const { endpointId } = opened;
  const accept = (sdp: string, direction?: 'inactive') =>
    bus.call('media.accept-offer', { endpointId, sdp, direction }, { ownerId });
  expect(await accept(refused, 'inactive')).toMatchObject({ ok: false, code });
  const again = await accept(SECURED);
  expect(again.ok ? directionIn(again.sdp) : again.code).toBe('sendrecv');
  await bus.call('media.close', { endpointId }, { ownerId });
});
