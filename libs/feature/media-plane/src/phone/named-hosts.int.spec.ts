import { tmpdir } from 'node:os';
import type { CommandInput } from '@carillon/contracts';
import { CallId, newId, LegId, OrganisationId, OwnerId } from '@carillon/domain';
import { createMemoryBus, type Bus } from '@carillon/event-bus';
import { createAudioEngine } from '@carillon/media-engine';
import { RtpPhone, wait } from '@carillon/media-engine/testing';
import { Health, Metrics, silentLogger } from '@carillon/service-runtime';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { NamedAddresses } from './named-addresses.js';
import { PhonePlane } from './phone-plane.js';

const ownerId = OwnerId.parse('media-of-named-hosts');
/** What was asked for, and how each question is answered. */
const asked: string[] = [];
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'phone.example': ['127.0.0.1'],
  'behind-nat.example': ['192.0.2.7'],
};
/** What answers wait for. */
let slowly: Promise<void> | undefined;
let bus: Bus;
let plane: PhonePlane;
const phones: RtpPhone[] = [];

beforeAll(async () => {
  bus = createMemoryBus();
  const engine = await createAudioEngine({ portRange: { min: 16_420, max: 16_427 } });
  plane = new PhonePlane({
    ...{ bus, engine, ownerId, dataDir: tmpdir(), logger: silentLogger() },
    ...{ health: new Health(silentLogger()), metrics: new Metrics() },
    advertisedAddress: '127.0.0.1',
    names: new NamedAddresses(async (name, family) => {
      asked.push(`${name} ${family}`);
      await slowly;
      return HOSTS[name] ?? [];
    }),
  });
  plane.open();
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
  asked.length = 0;
  slowly = undefined;
});
afterAll(async () => {
  await plane.close();
  await bus.close();
});

async function phone(): Promise<RtpPhone> {
  const opened = await RtpPhone.open('PCMU', '127.0.0.1');
  phones.push(opened);
  return opened;
}

function sdpOf({ port }: RtpPhone, host: string, version = 1): string {
  const head = ['v=0', `o=- 1 ${version} IN IP4 ${host}`, 's=-', `c=IN IP4 ${host}`, 't=0 0'];
  return [...head, `m=audio ${port} RTP/AVP 0`, 'a=sendrecv', ''].join('\r\n');
}

async function openWith(more: Partial<CommandInput<'media.open'>>) {
  const leg = { organisationId: newId(OrganisationId), callId: newId(CallId), legId: newId(LegId) };
  const opened = await bus.call('media.open', { ...leg, ...more });
  if (!opened.ok) throw new Error(`${opened.code}: ${opened.detail ?? ''}`);
  return opened;
}

const portIn = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);

it('a phone that names its host hears without having spoken, and nothing is asked again when it says so again', async () => {
  const [caller, called] = [await phone(), await phone()];
  const a = await openWith({ offer: sdpOf(caller, 'phone.example') });
  const b = await openWith({ preferCodecsOf: a.endpointId });
  await bus.call(
    'media.accept-answer',
    { endpointId: b.endpointId, sdp: sdpOf(called, 'phone.example.') },
    { ownerId },
  );
  await bus.call('media.connect', { a: a.endpointId, b: b.endpointId }, { ownerId });
  called.speak(portIn(b.sdp), 880);
  await caller.hears(880);
  const again = { endpointId: a.endpointId, sdp: sdpOf(caller, 'phone.example', 2) };
  expect(await bus.call('media.accept-offer', again, { ownerId })).toMatchObject({ ok: true });
  await caller.hears(880);
  expect(asked).toEqual(['phone.example 4', 'phone.example. 4']);
  for (const { endpointId } of [a, b]) await bus.call('media.close', { endpointId }, { ownerId });
});

it('one that nobody knows is heard all the same, and sent to where it speaks from', async () => {
  const [caller, called] = [await phone(), await phone()];
  const a = await openWith({ offer: sdpOf(caller, 'nobody.example') });
  const b = await openWith({ preferCodecsOf: a.endpointId });
  await bus.call('media.accept-answer', { endpointId: b.endpointId, sdp: sdpOf(called, '127.0.0.1') }, { ownerId });
  await bus.call('media.connect', { a: a.endpointId, b: b.endpointId }, { ownerId });
  caller.speak(portIn(a.sdp), 440);
  called.speak(portIn(b.sdp), 880);
  await called.hears(440);
  await caller.hears(880);
  for (const { endpointId } of [a, b]) await bus.call('media.close', { endpointId }, { ownerId });
});

it('one that has been heard goes on hearing when its name becomes an address that it cannot be reached at', async () => {
  let answer: (() => void) | undefined;
  slowly = new Promise((resolve) => (answer = resolve));
  const caller = await phone();
  const { endpointId, sdp } = await openWith({ offer: sdpOf(caller, 'behind-nat.example') });
  await bus.call('media.echo', { endpointId }, { ownerId });
  const before = caller.sequenceNow;
  caller.speak(portIn(sdp), 440);
  await caller.hears(440);
  answer?.();
  await wait(100);
  caller.forget();
  await caller.hears(440);
  caller.stopSpeaking();
  await wait(100);
  const closed = await bus.call('media.close', { endpointId }, { ownerId });
  // Two went before its address was proven, and none when the answer came.
  expect(closed).toMatchObject({ stats: { packetsReceived: ((caller.sequenceNow - before) & 0xffff) - 2 } });
});

it('an address of one link is spoken to from where it is heard alone', async () => {
  const caller = await phone();
  const offer = sdpOf(caller, '127.0.0.1').replace('c=IN IP4 127.0.0.1', 'c=IN IP6 fe80::1%eth0');
  const { endpointId, sdp } = await openWith({ offer });
  await bus.call('media.echo', { endpointId }, { ownerId });
  caller.speak(portIn(sdp), 440);
  await caller.hears(440);
  expect(asked).toEqual([]);
  await bus.call('media.close', { endpointId }, { ownerId });
});
