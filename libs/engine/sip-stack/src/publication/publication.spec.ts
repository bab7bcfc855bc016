import { describe, expect, it } from 'vitest';
import type { Publication, PublishOptions } from '../api/publication.js';
import { SeededRandom } from '../testing/seeded-random.js';
import type { TestBed } from '../testing/test-bed.js';
import { openTestBed } from '../testing/test-bed.js';
import { EventStateCompositor } from './event-state-compositor.js';
import type { CompositorPolicy, PublishRequest } from './event-state-compositor.js';
import { PublicationServer } from './publication-server.js';

const POLICY: CompositorPolicy = {
  defaultExpires: 600,
  minimumExpires: 60,
  maximumExpires: 1000,
  bodyTypes: ['text/plain'],
  maxPublicationsPerResource: 2,
  maxPublications: 3,
  maxBodyLength: 100,
};
const FIRST: PublishRequest = {
  resource: 'alice',
  publisher: 'phone',
  ifMatch: undefined,
  expires: 600,
  contentType: 'text/plain',
  body: 'here',
};

function compositor(): EventStateCompositor {
  let count = 0;
  return new EventStateCompositor(POLICY, () => `tag${(count += 1)}`, 0);
}

describe('an event state compositor (RFC 3903 §6)', () => {
  it('publishes, refreshes, modifies and removes, with a new entity tag each time', () => {
    const states = compositor();
    expect(states.publish(FIRST, 0)).toEqual({ ok: true, kind: 'published', entityTag: 'tag1', expires: 600 });
    const refresh = { ...FIRST, ifMatch: 'tag1', body: '', contentType: undefined };
    expect(states.publish(refresh, 100_000)).toMatchObject({ kind: 'refreshed', entityTag: 'tag2' });
    expect(states.statesOf('alice')).toMatchObject([{ body: 'here', expiresAt: 700_000 }]);
    expect(states.publish({ ...FIRST, ifMatch: 'tag2', body: 'away' }, 0)).toMatchObject({ kind: 'modified' });
    expect(states.statesOf('alice')).toMatchObject([{ body: 'away', entityTag: 'tag3' }]);
    expect(states.publish({ ...refresh, ifMatch: 'tag3', expires: 0 }, 0)).toMatchObject({
      kind: 'removed',
      expires: 0,
    });
    expect([states.statesOf('alice'), states.size]).toEqual([[], 0]);
  });

  it('knows a tag only until the next, and only until it runs out', () => {
    const states = compositor();
    states.publish(FIRST, 0);
    states.publish({ ...FIRST, ifMatch: 'tag1' }, 0);
    expect(states.publish({ ...FIRST, ifMatch: 'tag1' }, 0)).toEqual({ ok: false, status: 412 });
    expect(states.publish({ ...FIRST, ifMatch: 'tag2' }, 600_000)).toEqual({ ok: false, status: 412 });
    expect(states.publish({ ...FIRST, ifMatch: 'tag2', resource: 'bob' }, 0)).toEqual({ ok: false, status: 412 });
  });

  it.each([
    ['too brief', { expires: 59 }, 423],
    ['without a state', { body: '' }, 400],
    ['with another media type', { contentType: 'text/html' }, 415],
    ['too large', { body: 'x'.repeat(101) }, 413],
  ])('refuses what is %s', (_, change, status) => {
    expect(compositor().publish({ ...FIRST, ...change }, 0)).toMatchObject({ ok: false, status });
  });

  it('grants no more than the longest time, and the default when none is asked for', () => {
    const states = compositor();
    expect(states.publish({ ...FIRST, expires: 9999 }, 0)).toMatchObject({ expires: 1000 });
    expect(states.publish({ ...FIRST, expires: undefined }, 0)).toMatchObject({ expires: 600 });
  });

  it('is bounded, for one resource and in all', () => {
    const states = compositor();
    states.publish(FIRST, 0);
    states.publish(FIRST, 0);
    expect(states.publish({ ...FIRST, publisher: 'other' }, 0)).toMatchObject({ ok: false, status: 503 });
    expect(states.publish({ ...FIRST, resource: 'bob' }, 0).ok).toBe(true);
    expect(states.publish({ ...FIRST, resource: 'carol' }, 0)).toMatchObject({ ok: false, status: 503 });
  });

  it('goes on with what was published elsewhere, under its tag, for the time that is left', () => {
    const [before, after] = [compositor(), compositor()];
    before.publish(FIRST, 0);
    const [state] = before.all();
    if (state === undefined) throw new Error('Nothing published');
    expect(after.restore(state, 600_000)).toBe(false);
    expect(after.restore(state, 100_000)).toBe(true);
    expect(after.publish({ ...FIRST, ifMatch: 'tag1', body: '' }, 200_000)).toMatchObject({ kind: 'refreshed' });
    expect(after.expire(800_000)).toEqual(['alice']);
  });

  it('lets nobody change what another has published', () => {
    const states = compositor();
    states.publish(FIRST, 0);
    expect(states.publish({ ...FIRST, ifMatch: 'tag1', publisher: 'other' }, 0)).toEqual({ ok: false, status: 403 });
  });

  it('makes room for who starts anew by its own oldest state, and of nobody else’s', () => {
    const states = compositor();
    for (let count = 0; count < POLICY.maxPublicationsPerResource; count++) states.publish(FIRST, 0);
    expect(states.publish({ ...FIRST, publisher: 'other' }, 0)).toMatchObject({ ok: false, status: 503 });
    expect(states.publish(FIRST, 0)).toMatchObject({ ok: true });
    expect(states.statesOf('alice')).toHaveLength(POLICY.maxPublicationsPerResource);
    expect(states.publish({ ...FIRST, ifMatch: 'tag1', body: '' }, 0)).toMatchObject({ status: 412 });
  });

  it('says whose state ran out, and what a publisher loses', () => {
    const states = compositor();
    states.publish(FIRST, 0);
    states.publish({ ...FIRST, resource: 'bob', expires: 900 }, 0);
    expect(states.expire(599_999)).toEqual([]);
    expect(states.expire(600_000)).toEqual(['alice']);
    expect(states.removeOf('bob', 'other')).toBe(false);
    expect(states.removeOf('bob', 'phone')).toBe(true);
    expect(states.size).toBe(0);
  });
});

async function open(seed = 1) {
  const bed = await openTestBed({ seed });
  const seen: string[] = [];
  const server = new PublicationServer({
    event: 'presence',
    policy: POLICY,
    clock: bed.clock,
    random: new SeededRandom(seed),
    changed: (_, states) => seen.push(states.map(({ body }) => body).join('+')),
  });
  bed.bob.on('publish', (incoming) => server.receive(incoming, { resource: 'alice', publisher: 'phone' }));
  return { bed, server, seen };
}

function publish(bed: TestBed, options: Partial<PublishOptions> = {}): { publication: Publication; events: string[] } {
  const events: string[] = [];
  const publication = bed.alice
    .publish({
      target: 'sip:bob@10.0.0.2',
      from: 'sip:alice@a.example',
      event: 'presence',
      contentType: 'text/plain',
      body: 'here',
      ...options,
    })
    .on('published', (expires) => events.push(`published ${expires}`))
    .on('failed', ({ status }, seconds) => events.push(`failed ${status} ${seconds === undefined ? 'never' : 'later'}`))
    .on('ended', () => events.push('ended'));
  return { publication, events };
}

describe('a publication (RFC 3903 §4)', () => {
  it('is refreshed without its state, changed, and removed at the end', async () => {
    const { bed, server, seen } = await open();
    const { publication, events } = publish(bed, { expiresSeconds: 600 });
    await bed.clock.advance(400_000);
    publication.modify('away');
    await bed.clock.advance(100);
    const closed = publication.close();
    await bed.clock.advance(100);
    await closed;
    expect(seen).toEqual(['here', 'away', '']);
    expect(server.size).toBe(0);
    expect(events).toEqual(['published 600', 'published 600', 'published 600', 'ended']);
    const lengths = bed.network.sent('PUBLISH').map(({ text }) => /Content-Length: (\d+)/.exec(text)?.[1]);
    expect(lengths).toEqual(['4', '0', '4', '0']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('sends only the newest of several changes', async () => {
    const { bed, seen } = await open();
    const { publication } = publish(bed);
    for (const body of ['1', '2', '3']) publication.modify(body);
    await bed.clock.advance(100);
    expect(seen).toEqual(['here', '3']);
  });

  it('is made anew when the server has forgotten it', async () => {
    const { bed, server, seen } = await open();
    const { events, publication } = publish(bed, { expiresSeconds: 600 });
    await bed.clock.advance(100);
    server.removeOf('alice', 'phone');
    await bed.clock.advance(400_000);
    expect(seen).toEqual(['here', '', 'here']);
    expect(events).toEqual(['published 600', 'published 600']);
    void publication.close();
    await bed.clock.advance(100);
    expect(await bed.leftovers()).toEqual({});
  });

  it('takes the time that 423 names', async () => {
    const { bed } = await open();
    const { events } = publish(bed, { expiresSeconds: 10 });
    await bed.clock.advance(100);
    expect(events).toEqual(['published 60']);
  });

  it.each([
    [{ event: 'other' }, 'failed 489 never', /Allow-Events: presence\r\n/],
    [{ contentType: 'text/html' }, 'failed 415 never', /Accept: text\/plain\r\n/],
    [{ headers: { 'SIP-If-Match': ['a', 'b'] } }, 'failed 400 never', /Bad SIP-If-Match/],
  ])('with %j is refused for good', async (options, expected, header) => {
    const { bed } = await open();
    const { events } = publish(bed, options);
    await bed.clock.advance(100_000);
    expect(events).toEqual([expected]);
    expect(bed.network.sent('SIP/2.0 4')[0]?.text).toMatch(header);
    expect(bed.network.sent('PUBLISH')).toHaveLength(1);
  });

  it('runs out when its publisher is gone', async () => {
    const { bed, seen, server } = await open();
    publish(bed, { expiresSeconds: 600 });
    await bed.clock.advance(100);
    bed.network.fate = () => [];
    await bed.clock.advance(700_000);
    expect(seen).toEqual(['here', '']);
    expect(server.size).toBe(0);
  });

  it('leaves nothing behind over a bad network', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const { bed, server } = await open(seed);
      const random = new SeededRandom(seed);
      bed.network.fate = () =>
        random.next() < 0.3 ? [] : [random.next() * 300, ...(random.next() < 0.2 ? [900] : [])];
      const { publication, events } = publish(bed, { expiresSeconds: 100 });
      for (let step = 0; step < 10; step++) {
        await bed.clock.advance(random.next() * 60_000);
        publication.modify(String(step));
      }
      void publication.close();
      await bed.clock.advance(1_200_000);
      expect(events.at(-1)).toBe('ended');
      expect(server.size).toBe(0);
      expect(await bed.leftovers()).toEqual({});
      expect(bed.errors).toEqual([]);
    }
  }, 60_000);
});
