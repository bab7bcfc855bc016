import { tmpdir } from 'node:os';
import type { CommandInput } from '@carillon/contracts';
import { CallId, newId, LegId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine } from '@carillon/media-engine';
import { RtpPhone } from '@carillon/media-engine/testing';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-of-both-families');
let bus: Bus;
let plane: PhonePlane;
const phones: RtpPhone[] = [];

beforeAll(async () => {
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 16_410, max: 16_417 }, bindAddress: '::' });
  plane = new PhonePlane({
    ...{ bus, engine, ownerId, dataDir: tmpdir(), logger: silentLogger() },
    ...{ health: new Health(silentLogger()), metrics: new Metrics() },
    advertisedAddress: '127.0.0.1',
    advertisedAddress6: '::1',
  });
  plane.open();
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
});
afterAll(async () => {
  await plane.close();
  await bus.close();
});

async function phoneAt(host: string): Promise<RtpPhone> {
  const phone = await RtpPhone.open('PCMU', host);
  phones.push(phone);
  return phone;
}

function sdpOf({ port }: RtpPhone, connection: string): string {
  const head = ['v=0', `o=- 1 1 ${connection}`, 's=-', `c=${connection}`, 't=0 0'];
  return [...head, `m=audio ${port} RTP/AVP 0`, 'a=sendrecv', ''].join('\r\n');
}

async function openWith(more: Partial<CommandInput<'media.open'>>) {
  const leg = { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) };
  const opened = await bus.call('media.open', { ...leg, ...more });
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail ?? ''}`);
  return opened;
}

const portIn = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
const connectionIn = (sdp: string): string | undefined => /^c=(.*?)\r?$/m.exec(sdp)?.[1];

describe('phones of both families (RFC 6157)', () => {
  it('hear each other, each told of an address of its own family', async () => {
    const [six, four] = [await phoneAt('::1'), await phoneAt('127.0.0.1')];
    const calling = await openWith({ offer: sdpOf(six, 'IN IP6 ::1') });
    const called = await openWith({ preferCodecsOf: calling.endpointId });
    expect([connectionIn(calling.sdp), connectionIn(called.sdp)]).toEqual(['IN IP6 ::1', 'IN IP4 127.0.0.1']);
    await bus.call(
      'media.accept-answer',
      { endpointId: called.endpointId, sdp: sdpOf(four, 'IN IP4 127.0.0.1') },
      { ownerId },
    );
    await bus.call('media.connect', { a: calling.endpointId, b: called.endpointId }, { ownerId });
    six.speak(portIn(calling.sdp), 440);
    four.speak(portIn(called.sdp), 880);
    await four.hears(440);
    await six.hears(880);
    const figures = [];
    for (const { endpointId } of [calling, called])
      figures.push(await bus.call('media.close', { endpointId }, { ownerId }));
    expect(figures).toMatchObject([
      { stats: { remoteAddress: `[::1]:${six.port}` } },
      { stats: { remoteAddress: `127.0.0.1:${four.port}` } },
    ]);
  });

  it('are offered the family they are in, and followed into the other one', async () => {
    const [six, four] = [await phoneAt('::1'), await phoneAt('127.0.0.1')];
    const { endpointId, sdp } = await openWith({ family: 'ipv6' });
    expect(connectionIn(sdp)).toBe('IN IP6 ::1');
    expect(sdp).toMatch(/^o=.* IN IP6 ::1\r?$/m);
    await bus.call('media.accept-answer', { endpointId, sdp: sdpOf(six, 'IN IP6 ::1') }, { ownerId });
    await bus.call('media.echo', { endpointId }, { ownerId });
    six.speak(portIn(sdp), 440);
    await six.hears(440);
    six.stopSpeaking();
    const moved = await bus.call(
      'media.accept-offer',
      { endpointId, sdp: sdpOf(four, 'IN IP4 127.0.0.1') },
      { ownerId },
    );
    expect(moved.ok ? connectionIn(moved.sdp) : moved.code).toBe('IN IP4 127.0.0.1');
    four.speak(portIn(sdp), 880);
    await four.hears(880);
    const held = await bus.call('media.accept-offer', { endpointId, sdp: sdpOf(four, 'IN IP4 0.0.0.0') }, { ownerId });
    expect(held.ok ? connectionIn(held.sdp) : held.code).toBe('IN IP4 127.0.0.1');
    await bus.call('media.close', { endpointId }, { ownerId });
  });
});
