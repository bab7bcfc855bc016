import { describe, expect, it } from 'vitest';
import { digestUserhash } from '@carillon/sip-message';
import type { CredentialSource } from '../api/credentials.js';
import type { IncomingRequest } from '../api/incoming-request.js';
import type { TestBed } from '../testing/test-bed.js';
import { ANSWER, SDP, openTestBed } from '../testing/test-bed.js';
import { DigestAuthenticator } from './digest-authenticator.js';
import type { DigestAuthenticatorOptions } from './digest-authenticator.js';
import { NonceCounts } from './nonce-counts.js';

const ALICE = { username: 'alice', password: 'wonder' } as const;

/** Bob lets requests in that carry right credentials for every realm; proxies of the way are played by him too. */
function guard(
  bed: TestBed,
  realms: readonly { realm: string; proxy?: boolean }[],
  options: DigestAuthenticatorOptions = {},
) {
  const authenticator = new DigestAuthenticator({ clock: bed.clock, ...options });
  const verdicts: string[] = [];
  /** @returns whether the request may go on; it is answered else */
  const admits = (incoming: IncomingRequest): boolean => {
    for (const { realm, proxy = false } of realms) {
      const attempt = authenticator.inspect(incoming.request, realm, proxy ? 'Proxy-Authorization' : 'Authorization');
      const verdict = attempt.kind === 'credentials' ? attempt.verify({ ...ALICE }) : attempt.kind;
      verdicts.push(`${realm} ${verdict}`);
      if (verdict === 'ok') continue;
      const stale = verdict === 'stale' || verdict === 'replayed';
      const challenges = authenticator.challenge(realm, { stale });
      const header = proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
      incoming.reply(proxy ? 407 : 401, { headers: { [header]: challenges } });
      return false;
    }
    return true;
  };
  return { authenticator, verdicts, admits };
}

function message(bed: TestBed, credentials: CredentialSource | undefined = ALICE, body = 'hello') {
  return bed.alice.request({
    method: 'MESSAGE',
    target: 'sip:bob@10.0.0.2',
    from: 'sip:alice@a.example',
    body,
    contentType: 'text/plain',
    ...(credentials === undefined ? {} : { credentials }),
  });
}

describe('a client that is challenged', () => {
  it.each([
    [{ algorithms: ['SHA-512-256'] }, /algorithm=SHA-512-256/],
    [{ algorithms: ['SHA-256', 'MD5'] }, /algorithm=SHA-256/],
    [{ algorithms: ['MD5'] }, /algorithm=MD5/],
    [{ qop: ['auth-int'] }, /qop=auth-int/],
    [{ qop: ['auth', 'auth-int'] }, /qop=auth,/],
    [{ opaque: 'given back' }, /opaque="given back"/],
    [{ userhash: true }, new RegExp(digestUserhash('SHA-256', 'alice', 'r'))],
  ] satisfies [DigestAuthenticatorOptions, RegExp][])('answers %j', async (options, expected) => {
    const bed = await openTestBed();
    const { admits } = guard(bed, [{ realm: 'r' }], options);
    bed.bob.on('message', (incoming) => {
      if (admits(incoming)) incoming.reply(200);
    });
    const outcome = message(bed);
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: true });
    expect(bed.network.sent('MESSAGE').at(-1)?.text).toMatch(expected);
    expect(await bed.leftovers()).toEqual({});
  });

  it('answers several proxies and the peer behind them, each with its own realm', async () => {
    const bed = await openTestBed();
    const { admits } = guard(bed, [{ realm: 'p1', proxy: true }, { realm: 'p2', proxy: true }, { realm: 'peer' }]);
    bed.bob.on('message', (incoming) => {
      if (admits(incoming)) incoming.reply(200);
    });
    const asked: string[] = [];
    const outcome = message(bed, ({ realm, proxy, algorithms }) => {
      asked.push(`${realm} ${proxy} ${algorithms.join()}`);
      return Promise.resolve(ALICE);
    });
    await bed.clock.advance(1000);
    expect(await outcome).toMatchObject({ ok: true });
    expect(asked).toEqual(['p1 true SHA-256,MD5', 'p2 true SHA-256,MD5', 'peer false SHA-256,MD5']);
    expect(bed.network.sent('MESSAGE')).toHaveLength(4);
  });

  it('answers challenges that a forking proxy has gathered, both kinds at once', async () => {
    const bed = await openTestBed();
    const { authenticator } = guard(bed, []);
    let count = 0;
    bed.bob.on('message', (incoming) => {
      count += 1;
      const { request } = incoming;
      if (request.has('Authorization') && request.count('Proxy-Authorization') === 2) incoming.reply(200);
      else {
        incoming.reply(401, {
          headers: {
            'WWW-Authenticate': authenticator.challenge('peer'),
            'Proxy-Authenticate': [...authenticator.challenge('p1'), ...authenticator.challenge('p2')],
          },
        });
      }
    });
    const outcome = message(bed);
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ ok: true });
    expect(count).toBe(2);
  });

  it('stops after one wrong answer, an unknown realm, or a look-up that fails', async () => {
    const bed = await openTestBed();
    const { admits, verdicts } = guard(bed, [{ realm: 'r' }]);
    bed.bob.on('message', (incoming) => {
      if (admits(incoming)) incoming.reply(200);
    });
    const sources: CredentialSource[] = [
      { username: 'alice', password: 'guess' },
      () => undefined,
      () => Promise.reject(new Error('away')),
      () => {
        throw new Error('broken');
      },
      { username: 'alice', ha1: {} },
      { ...ALICE, algorithms: ['SHA-512-256'] },
    ];
    for (const source of sources) {
      const outcome = message(bed, source);
      await bed.clock.advance(100);
      expect(await outcome).toMatchObject({ ok: false, status: 401 });
    }
    expect(verdicts.filter((verdict) => verdict === 'r wrong')).toHaveLength(1);
    expect(verdicts).toHaveLength(7);
  });

  it('answers a stale nonce once more, and no oftener', async () => {
    const bed = await openTestBed();
    const { authenticator } = guard(bed, []);
    bed.bob.on('message', (incoming) => {
      incoming.reply(401, { headers: { 'WWW-Authenticate': authenticator.challenge('r', { stale: true }) } });
    });
    const outcome = message(bed);
    await bed.clock.advance(100);
    expect(await outcome).toMatchObject({ status: 401 });
    expect(bed.network.sent('MESSAGE')).toHaveLength(3);
  });

  it('is not led round for ever by realms that change', async () => {
    const bed = await openTestBed();
    const { authenticator } = guard(bed, []);
    let count = 0;
    bed.bob.on('options', (incoming) => {
      count += 1;
      incoming.reply(407, { headers: { 'Proxy-Authenticate': authenticator.challenge(`realm ${count}`) } });
    });
    const outcome = bed.alice.request({
      method: 'OPTIONS',
      target: 'sip:bob@10.0.0.2',
      from: 'sip:alice@a.example',
      credentials: ALICE,
    });
    await bed.clock.advance(1000);
    expect(await outcome).toMatchObject({ status: 407 });
    expect(count).toBe(9);
  });

  it('carries credentials in the ACK, in later requests of the dialog at once, and counts on', async () => {
    const bed = await openTestBed();
    const { admits, verdicts } = guard(bed, [{ realm: 'r', proxy: true }]);
    bed.bob.on('invite', (invite) => {
      if (!admits(invite)) return;
      const session = invite.accept({ sdp: ANSWER });
      session?.on('reinvite', (offer) => {
        if (admits(offer)) offer.accept({ sdp: ANSWER });
      });
      session?.on('info', (info) => {
        if (admits(info)) info.reply(200);
      });
    });
    const call = bed.alice.invite({
      target: 'sip:bob@10.0.0.2',
      from: 'sip:alice@a.example',
      sdp: SDP,
      credentials: () => Promise.resolve(ALICE),
    });
    call.on('accepted', (session) => {
      void session
        .reinvite({ sdp: SDP })
        .then(() => session.info({ contentType: 'text/plain', body: 'x' }))
        .then(() => session.bye());
    });
    await bed.clock.advance(2000);
    expect(verdicts).toEqual(['r none', 'r ok', 'r ok', 'r ok']);
    const credentialsOf = (method: string): (string | undefined)[] =>
      bed.network.sent(method).map(({ text }) => /Proxy-Authorization: .*nc=(\d+)/.exec(text)?.[1]);
    expect(credentialsOf('INVITE')).toEqual([undefined, '00000001', '00000002']);
    // RFC 3261 §22.1: the ACK of a 2xx repeats its INVITE's; that of the refused INVITE has none.
    expect(credentialsOf('ACK')).toEqual([undefined, '00000001', '00000002']);
    expect(credentialsOf('BYE')).toEqual(['00000004']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that is cancelled while its credentials are looked up calls nobody', async () => {
    const bed = await openTestBed();
    const { admits } = guard(bed, [{ realm: 'r' }]);
    bed.bob.on('invite', (invite) => void admits(invite));
    let found: (() => void) | undefined;
    const statuses: number[] = [];
    const call = bed.alice
      .invite({
        target: 'sip:bob@10.0.0.2',
        from: 'sip:alice@a.example',
        sdp: SDP,
        credentials: () =>
          new Promise((resolve) => {
            found = () => resolve(ALICE);
          }),
      })
      .on('rejected', ({ status }) => statuses.push(status));
    await bed.clock.advance(100);
    call.cancel();
    found?.();
    await bed.clock.advance(1000);
    expect(statuses).toEqual([487]);
    expect(bed.network.sent('INVITE')).toHaveLength(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('takes the next nonce from a server that proves itself, and from no other', async () => {
    for (const honest of [true, false]) {
      const bed = await openTestBed();
      const authenticator = new DigestAuthenticator({ clock: bed.clock, nonceLifetimeSeconds: 100 });
      const kinds: string[] = [];
      const registered = bed.alice.register({
        registrar: 'sip:10.0.0.2',
        address: 'sip:alice@r',
        credentials: ALICE,
        expiresSeconds: 120,
      });
      bed.bob.on('register', (incoming) => {
        const attempt = authenticator.inspect(incoming.request, 'r');
        kinds.push(attempt.kind);
        if (attempt.kind === 'credentials' && attempt.verify({ ...ALICE }) === 'ok') {
          const info = attempt.info({ username: 'alice', password: honest ? 'wonder' : 'other' });
          incoming.reply(200, {
            headers: { Expires: '120', ...(info === undefined ? {} : { 'Authentication-Info': info }) },
          });
        } else
          incoming.reply(401, {
            headers: { 'WWW-Authenticate': authenticator.challenge('r', { stale: attempt.kind === 'stale' }) },
          });
      });
      // Refreshed every minute: the second time the nonce is over half its life.
      await bed.clock.advance(130_000);
      expect(kinds).toEqual(
        honest
          ? ['none', 'credentials', 'credentials', 'credentials']
          : ['none', 'credentials', 'credentials', 'stale', 'credentials'],
      );
      void registered.close();
      await bed.clock.advance(100);
    }
  });
});

describe('a server that challenges', () => {
  it('covers the body where it must: one that was changed on the way does not get in', async () => {
    const bed = await openTestBed();
    const { admits, verdicts } = guard(bed, [{ realm: 'r' }], { qop: ['auth-int'], requireIntegrity: true });
    bed.bob.on('message', (incoming) => {
      if (admits(incoming)) incoming.reply(200);
    });
    const outcome = message(bed);
    await bed.clock.advance(100);
    expect((await outcome).ok).toBe(true);
    const recorded = bed.network.sent('MESSAGE').at(-1)?.text ?? '';
    const send = bed.network.attach('10.0.0.9', 5060, () => undefined);
    send(
      recorded
        .replace('hello', 'hallo')
        .replaceAll(/branch=\w+/g, 'branch=z9hG4bKa')
        .replace(/CSeq: \d+/, 'CSeq: 9'),
      '10.0.0.2:5060',
    );
    send(
      recorded
        .replace('qop=auth-int', 'qop=auth')
        .replaceAll(/branch=\w+/g, 'branch=z9hG4bKb')
        .replace(/CSeq: \d+/, 'CSeq: 10'),
      '10.0.0.2:5060',
    );
    await bed.clock.advance(100);
    expect(verdicts).toEqual(['r none', 'r ok', 'r wrong', 'r none']);
  });

  it('knows a hashed name, and takes no other opaque than its own', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock, userhash: true, opaque: 'mine' });
    const seen: unknown[] = [];
    bed.bob.on('message', (incoming) => {
      const attempt = authenticator.inspect(incoming.request, 'r');
      if (attempt.kind !== 'credentials') seen.push(attempt.kind);
      else seen.push([attempt.userhash, attempt.isUser('alice'), attempt.isUser('bob'), attempt.verify({ ...ALICE })]);
      incoming.reply(401, { headers: { 'WWW-Authenticate': authenticator.challenge('r') } });
    });
    void message(bed);
    await bed.clock.advance(100);
    const recorded = bed.network.sent('MESSAGE').at(-1)?.text ?? '';
    const send = bed.network.attach('10.0.0.9', 5060, () => undefined);
    send(
      recorded
        .replace('"mine"', '"other"')
        .replaceAll(/branch=\w+/g, 'branch=z9hG4bKa')
        .replace(/CSeq: \d+/, 'CSeq: 9'),
      '10.0.0.2:5060',
    );
    await bed.clock.advance(100);
    expect(seen).toEqual(['none', [true, true, false, 'ok'], 'stale']);
  });

  it('looks past credentials of algorithms that it does not ask for, and challenges where there are no others', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock });
    const kinds: string[] = [];
    bed.bob.on('message', (incoming) => {
      kinds.push(authenticator.inspect(incoming.request, 'r').kind);
      incoming.reply(401, { headers: { 'WWW-Authenticate': authenticator.challenge('r') } });
    });
    void message(bed);
    await bed.clock.advance(100);
    const recorded = bed.network.sent('MESSAGE').at(-1)?.text ?? '';
    const [right = ''] = /Authorization: .*\r\n/.exec(recorded) ?? [];
    const send = bed.network.attach('10.0.0.9', 5060, () => undefined);
    const others = ['SHA-512-256', 'FOO'].map((name) => right.replace('algorithm=SHA-256', `algorithm=${name}`));
    for (const [index, lines] of [...others, others.join('') + right].entries())
      send(
        recorded
          .replace(right, lines)
          .replaceAll(/branch=\w+/g, `branch=z9hG4bKa${index}`)
          .replace(/CSeq: \d+/, `CSeq: ${9 + index}`),
        '10.0.0.2:5060',
      );
    await bed.clock.advance(100);
    expect(kinds).toEqual(['none', 'credentials', 'none', 'none', 'credentials']);
  });

  it('holds each nonce count once, in any order within a window, and a bounded number of nonces', () => {
    const counts = new NonceCounts(3);
    const use = (nonce: string, count: number, now = 0): boolean =>
      counts.use(nonce, count, { madeAt: now, expiresAt: now + 100, now });
    expect([use('a', 1), use('a', 3), use('a', 2), use('a', 2), use('a', 40), use('a', 4)]).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
    for (const nonce of ['b', 'c', 'd', 'e']) use(nonce, 1);
    expect(counts.size).toBe(3);
  });
});
