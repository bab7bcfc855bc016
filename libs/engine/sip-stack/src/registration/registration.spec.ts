import { describe, expect, it } from 'vitest';
import type { IncomingRequest, ReplyOptions } from '../api/incoming-request.js';
import type { RegisterOptions, Registration } from '../api/registration.js';
import { DigestAuthenticator } from '../authentication/digest-authenticator.js';
import type { TestBed } from '../testing/test-bed.js';
import { openTestBed } from '../testing/test-bed.js';
import { refreshDelaySeconds, retryDelaySeconds } from './retry-delay.js';

type Answer = readonly [status: number, options?: ReplyOptions];

/** What a registrar says to a REGISTER: grants what is asked unless told otherwise. */
function registrar(
  bed: TestBed,
  answer: (request: IncomingRequest, count: number) => Answer | undefined = () => undefined,
) {
  const asked: { contact: string; expires: number | undefined; at: number; sequence: number | undefined }[] = [];
  const begun = bed.clock.now();
  bed.bob.on('register', (incoming) => {
    const { request } = incoming;
    const at = Math.round((bed.clock.now() - begun) / 1000);
    asked.push({
      contact: request.header('Contact') ?? '',
      expires: request.expires,
      at,
      sequence: request.cseq?.sequence,
    });
    const [status, options] = answer(incoming, asked.length) ?? [
      200,
      { headers: { Contact: request.headers('Contact') } },
    ];
    incoming.reply(status, options);
  });
  return asked;
}

function register(bed: TestBed, options: Partial<RegisterOptions> = {}) {
  const events: string[] = [];
  const registration: Registration = bed.alice
    .register({ registrar: 'sip:10.0.0.2', address: 'sip:trunk@provider.example', ...options })
    .on('registered', ({ expiresSeconds }) => events.push(`registered ${expiresSeconds}`))
    .on('failed', ({ status, cause }, seconds) =>
      events.push(`failed ${status} ${cause} ${seconds >= 1 ? 'later' : 'now'}`),
    )
    .on('ended', () => events.push('ended'));
  return { registration, events };
}

describe('a registration', () => {
  it('binds our Contact, refreshes it before it runs out, and takes it away at the end', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed);
    const { registration, events } = register(bed, { expiresSeconds: 600 });
    await bed.clock.advance(700_000);
    expect(asked.map(({ at, expires }) => [at, expires])).toEqual([
      [0, 600],
      [300, 600],
      [600, 600],
    ]);
    expect(asked[0]?.contact).toBe('<sip:trunk@10.0.0.1:5060>;expires=600');
    expect(asked.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(new Set(bed.network.sent('REGISTER').map(({ text }) => /Call-ID: (.*)/.exec(text)?.[1])).size).toBe(1);
    const closed = registration.close();
    await bed.clock.advance(100);
    expect(await closed).toMatchObject({ ok: true });
    expect(asked.at(-1)?.contact).toBe('<sip:trunk@10.0.0.1:5060>;expires=0');
    expect(events).toEqual(['registered 600', 'registered 600', 'registered 600', 'ended']);
    expect(registration.state).toBe('ended');
    expect(await bed.leftovers()).toEqual({});
  });

  it('knows its own Contact by RFC 3261 §19.1.4, and by user, host and port where parameters were lost', async () => {
    const bed = await openTestBed();
    const own = '<sip:trunk@10.0.0.1:5060>';
    const answers = [
      [`${own};expires=50`.replace('>', ';transport=tcp>'), '<sip:tr%75nk@10.0.0.1:5060;x=y>;expires=90'],
      ['<sip:trunk@10.0.0.1;transport=udp>;expires=80'],
    ];
    registrar(bed, (_, count) => [200, { headers: { Contact: answers[count - 1] ?? [] } }]);
    const { events } = register(bed, { expiresSeconds: 600 });
    await bed.clock.advance(60_000);
    expect(events).toEqual(['registered 90', 'registered 80']);
  });

  it('takes the time of its own Contact, else of the header', async () => {
    const bed = await openTestBed();
    let grants: Answer = [
      200,
      { headers: { Contact: ['<sip:other@10.0.0.7>;expires=30', '<sip:trunk@10.0.0.1>;expires=90'], Expires: '7' } },
    ];
    registrar(bed, () => grants);
    const { registration, events } = register(bed);
    await bed.clock.advance(100);
    grants = [200, { headers: { Expires: '70' } }];
    registration.refresh();
    await bed.clock.advance(100);
    expect(events).toEqual(['registered 90', 'registered 70']);
  });

  it('learns Service-Route, Path and GRUUs', async () => {
    const bed = await openTestBed();
    registrar(bed, ({ request }) => [
      200,
      {
        headers: {
          Contact: `${request.header('Contact')};pub-gruu="sip:trunk@provider.example;gr=urn:uuid:1"`,
          'Service-Route': '<sip:one@p1;lr>, <sip:p2;lr>',
          Path: '<sip:edge;lr>',
        },
      },
    ]);
    const { registration } = register(bed, { outbound: { instanceId: 'urn:uuid:1', regId: 1 } });
    await bed.clock.advance(100);
    expect(registration.grant).toMatchObject({
      serviceRoute: ['sip:one@p1;lr', 'sip:p2;lr'],
      path: ['sip:edge;lr'],
      publicGruu: 'sip:trunk@provider.example;gr=urn:uuid:1',
    });
    expect(bed.network.sent('REGISTER')[0]?.text).toMatch(/Supported: path, outbound, gruu\r\n/);
    expect(bed.network.sent('REGISTER')[0]?.text).toContain(';ob>;+sip.instance="<urn:uuid:1>";reg-id=1;');
  });

  it('asks for more time after 423, and keeps to it', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed, ({ request }) =>
      (request.expires ?? 0) < 1800 ? [423, { headers: { 'Min-Expires': '1800' } }] : undefined,
    );
    const { events } = register(bed, { expiresSeconds: 60 });
    await bed.clock.advance(1_300_000);
    expect(asked.map(({ expires }) => expires)).toEqual([60, 1800, 1800]);
    expect(events).toEqual(['registered 1800', 'registered 1800']);
  });

  it('is not held up by a registrar that always wants more', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed, ({ request }) => [
      423,
      { headers: { 'Min-Expires': String((request.expires ?? 0) + 1) } },
    ]);
    const { events } = register(bed);
    await bed.clock.advance(20_000);
    expect(asked).toHaveLength(5);
    expect(events).toEqual(['failed 423 response later']);
  });

  it('answers challenges, and the next refresh carries credentials at once', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock, nonceLifetimeSeconds: 1000 });
    const verdicts: string[] = [];
    const asked = registrar(bed, ({ request }) => {
      const attempt = authenticator.inspect(request, 'provider.example');
      const verdict = attempt.kind === 'credentials' ? attempt.verify({ password: 'p' }) : attempt.kind;
      verdicts.push(verdict);
      if (verdict === 'ok') return undefined;
      const challenges = authenticator.challenge('provider.example', { stale: verdict === 'stale' });
      return [401, { headers: { 'WWW-Authenticate': challenges } }];
    });
    const { registration, events } = register(bed, {
      expiresSeconds: 900,
      credentials: { username: 'trunk', password: 'p' },
    });
    await bed.clock.advance(1_400_000);
    // The nonce is a thousand seconds good: the refresh after that is told so and answers once more.
    expect(verdicts).toEqual(['none', 'ok', 'ok', 'ok', 'stale', 'ok']);
    expect(events).toHaveLength(4);
    expect(asked.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    const closed = registration.close();
    await bed.clock.advance(100);
    expect(await closed).toMatchObject({ ok: true });
    expect(await bed.leftovers()).toEqual({});
  });

  it('tries a wrong password slowly, once per try', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock });
    const asked = registrar(bed, () => [401, { headers: { 'WWW-Authenticate': authenticator.challenge('r') } }]);
    register(bed, { credentials: { username: 'trunk', password: 'wrong' } });
    await bed.clock.advance(890_000);
    expect(asked).toHaveLength(2);
    await bed.clock.advance(1_000_000);
    expect(asked.length).toBeGreaterThan(2);
  });

  it('backs off after failures, longer each time, and at least as long as Retry-After says', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed, (_, count) =>
      count === 3 ? [503, { headers: { 'Retry-After': '1000 (full)' } }] : [500],
    );
    register(bed);
    await bed.clock.advance(1_500_000);
    const waits = asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0)).slice(1);
    expect(waits[0]).toBeGreaterThanOrEqual(30);
    expect(waits[0]).toBeLessThanOrEqual(60);
    expect(waits[1]).toBeGreaterThanOrEqual(60);
    expect(waits[1]).toBeLessThanOrEqual(120);
    expect(waits[2]).toBeGreaterThanOrEqual(1000);
  });

  it('keeps trying while nobody answers, and registers when somebody does', async () => {
    const bed = await openTestBed();
    registrar(bed);
    bed.network.fate = () => [];
    const { events } = register(bed);
    await bed.clock.advance(100_000);
    bed.network.fate = () => [5];
    await bed.clock.advance(400_000);
    expect(events[0]).toBe('failed 408 timeout later');
    expect(events.at(-1)).toBe('registered 3600');
  });

  it('follows a redirection, and drops outbound where the edge does not support it', async () => {
    const bed = await openTestBed();
    registrar(bed, ({ request }) => {
      if (request.uriText === 'sip:10.0.0.2') return [302, { headers: { Contact: '<sip:10.0.0.2:5060;x=1>' } }];
      return (request.header('Contact') ?? '').includes('reg-id') ? [439] : undefined;
    });
    const { events } = register(bed, { outbound: { instanceId: 'urn:uuid:1', regId: 1 } });
    await bed.clock.advance(100);
    expect(events).toEqual(['registered 3600']);
    expect(bed.network.sent('REGISTER').at(-1)?.text).not.toContain('reg-id');
  });

  it('takes back a binding whose 200 crossed the closing', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed);
    const { registration, events } = register(bed);
    await bed.clock.advance(7);
    const closed = registration.close();
    await bed.clock.advance(1000);
    expect(await closed).toMatchObject({ ok: true });
    expect(asked.map(({ contact }) => /expires=\d+/.exec(contact)?.[0])).toEqual(['expires=3600', 'expires=0']);
    expect(events).toEqual(['ended']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('ends with the user agent, which unregisters', async () => {
    const bed = await openTestBed();
    const asked = registrar(bed);
    const { events } = register(bed);
    await bed.clock.advance(100);
    const closed = bed.alice.close();
    await bed.clock.advance(3000);
    await closed;
    expect(asked.at(-1)?.expires).toBe(0);
    expect(events).toEqual(['registered 3600', 'ended']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('times of a registration', () => {
  it('wait 50–100 % of the doubled base, up to the maximum (RFC 5626 §4.5)', () => {
    const retry = { baseSeconds: 30, maximumSeconds: 1800 };
    expect(retryDelaySeconds(retry, 1, 0)).toBe(30);
    expect(retryDelaySeconds(retry, 1, 1)).toBe(60);
    expect(retryDelaySeconds(retry, 3, 1)).toBe(240);
    expect(retryDelaySeconds(retry, 400, 0)).toBe(900);
  });

  it('refresh ten minutes early or at half the time', () => {
    expect(refreshDelaySeconds(3600)).toBe(3000);
    expect(refreshDelaySeconds(60)).toBe(30);
  });
});
