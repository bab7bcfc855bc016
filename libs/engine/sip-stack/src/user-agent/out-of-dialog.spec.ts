import { readFileSync } from 'node:fs';
import { parseUri } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { DigestAuthenticator } from '../authentication/digest-authenticator.js';
import type { NotifierSubscription } from '../api/notifier-subscription.js';
import type { TestBed } from '../testing/test-bed.js';
import { SDP, answerCalls, openTestBed } from '../testing/test-bed.js';

const BOB_AT = '10.0.0.2:5060';

function message(first: string, lines: string[] = [], body = ''): string {
  const method = first.split(' ')[0] ?? '';
  return [
    `${first} SIP/2.0`,
    'Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKtest1',
    'From: <sip:x@x.example>;tag=from1',
    'To: <sip:bob@10.0.0.2>',
    'Call-ID: call1',
    `CSeq: 1 ${method}`,
    'Contact: <sip:x@10.0.0.9>',
    ...lines,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** Sends to Bob from a bare peer; gives back the status lines and messages that came. */
async function peerOf(bed: TestBed): Promise<{ send: (text: string) => Promise<string[]>; received: string[] }> {
  const received: string[] = [];
  const send = bed.network.attach('10.0.0.9', 5060, (text) => received.push(text));
  return {
    received,
    send: async (text) => {
      const before = received.length;
      send(text, BOB_AT);
      await bed.clock.advance(100);
      return received.slice(before).map((one) => one.split('\r\n')[0] ?? '');
    },
  };
}

describe('a request outside a dialog', () => {
  it.each([
    ['OPTIONS sip:bob@10.0.0.2', [], 'SIP/2.0 200 OK'],
    ['FROBNICATE sip:bob@10.0.0.2', [], 'SIP/2.0 501 Not Implemented'],
    ['MESSAGE sip:bob@10.0.0.2', [], 'SIP/2.0 405 Method Not Allowed'],
    ['BYE sip:bob@10.0.0.2', [], 'SIP/2.0 481 Call/Transaction Does Not Exist'],
    ['CANCEL sip:bob@10.0.0.2', [], 'SIP/2.0 481 Call/Transaction Does Not Exist'],
    ['CANCEL sip:bob@10.0.0.2', ['Require: nothing'], 'SIP/2.0 481 Call/Transaction Does Not Exist'],
    ['NOTIFY sip:bob@10.0.0.2', [], 'SIP/2.0 481 Call/Transaction Does Not Exist'],
    ['OPTIONS soap.beep://10.0.0.2', [], 'SIP/2.0 416 Unsupported URI Scheme'],
    ['OPTIONS sip:bob@10.0.0.2', ['Require: timer, nothing'], 'SIP/2.0 420 Bad Extension'],
    ['OPTIONS sip:bob@10.0.0.2', ['CSeq: 2 OPTIONS'], 'SIP/2.0 400 Several CSeq'],
  ])('%s %j → %s', async (first, lines, answer) => {
    const bed = await openTestBed();
    const peer = await peerOf(bed);
    expect(await peer.send(message(first, lines))).toEqual([answer]);
    expect(await bed.leftovers()).toEqual({});
  });

  it.each([
    ['sip:bob@10.0.0.2?Subject=x', 'sip:bob@10.0.0.2'],
    ['sip:bob@10.0.0.2;method=BYE;x=y', 'sip:bob@10.0.0.2;x=y'],
    ['sip:bo?b@10.0.0.2;x=y?Subject=x', 'sip:bo?b@10.0.0.2;x=y'],
    ['sip:1;method=BYE@10.0.0.2', 'sip:1;method=BYE@10.0.0.2'],
    ['sip:1;method=BYE@10.0.0.2;method=BYE?Subject=x', 'sip:1;method=BYE@10.0.0.2'],
  ])('to %s is for %s: a Request-URI has no headers and no method (§19.1.1)', async (target, uri) => {
    const bed = await openTestBed();
    void bed.alice.request({ method: 'OPTIONS', target, from: 'sip:alice@a.example' });
    await bed.clock.advance(100);
    expect(bed.network.sent('OPTIONS')[0]?.text).toContain(`OPTIONS ${uri} SIP/2.0\r\n`);
  });

  it('says what it can do in OPTIONS, what it cannot in 420 and 405', async () => {
    const bed = await openTestBed({ agents: { eventPackages: ['message-summary'], serverName: 'Bed/1' } });
    const peer = await peerOf(bed);
    await peer.send(message('OPTIONS sip:bob@10.0.0.2'));
    expect(peer.received[0]).toMatch(/Allow: INVITE, .*\r\nSupported: timer.*\r\nAccept: application\/sdp\r\n/);
    expect(peer.received[0]).toMatch(/Allow-Events: message-summary\r\nServer: Bed\/1/);
    await peer.send(
      message('OPTIONS sip:bob@10.0.0.2', ['Require: timer, nothing'])
        .replace('test1', 'test2')
        .replace('call1', 'call2'),
    );
    expect(peer.received[1]).toContain('\r\nUnsupported: nothing\r\n');
  });

  it('marks the Via with the true source and answers there only when rport asks for it', async () => {
    const bed = await openTestBed();
    const received: string[] = [];
    const send = bed.network.attach('10.0.0.9', 7777, (text) => received.push(text));
    const options = message('OPTIONS sip:bob@10.0.0.2').replace('10.0.0.9:5060;', 'pc.example;rport;');
    send(options, BOB_AT);
    await bed.clock.advance(100);
    expect(received[0]).toContain('Via: SIP/2.0/UDP pc.example;rport=7777;branch=z9hG4bKtest1;received=10.0.0.9');
    send(options.replace(';rport', '').replace('test1', 'test2'), BOB_AT);
    await bed.clock.advance(100);
    expect(received).toHaveLength(1);
    expect(bed.network.log.at(-1)?.to).toBe('10.0.0.9:5060');
  });

  it('that comes again gets the same answer again, and by another way 482', async () => {
    const bed = await openTestBed();
    const peer = await peerOf(bed);
    let count = 0;
    bed.bob.on('message', (request) => {
      count += 1;
      request.reply(202);
    });
    const first = message('MESSAGE sip:bob@10.0.0.2');
    expect(await peer.send(first)).toEqual(['SIP/2.0 202 Accepted']);
    expect(await peer.send(first)).toEqual(['SIP/2.0 202 Accepted']);
    expect(await peer.send(first.replace('test1', 'test2'))).toEqual(['SIP/2.0 482 Loop Detected']);
    expect(count).toBe(1);
    expect(bed.bob.stats().retransmissionsIn).toBe(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('gets 503 when there are too many', async () => {
    const bed = await openTestBed({ agents: { limits: { maxTransactions: 1 } } });
    const peer = await peerOf(bed);
    bed.bob.on('message', () => undefined);
    await peer.send(message('MESSAGE sip:bob@10.0.0.2').replace(/call1/, 'call0'));
    const second = message('OPTIONS sip:bob@10.0.0.2').replace('test1', 'test2').replace('call1', 'call2');
    expect(await peer.send(second)).toEqual(['SIP/2.0 503 Service Unavailable']);
  });

  it('that is garbage gets silence, and the next good one its answer', async () => {
    const bed = await openTestBed();
    const peer = await peerOf(bed);
    for (const garbage of [
      '',
      '\r\n\r\n',
      '\0'.repeat(40),
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'SIP/2.0 200 OK\r\n\r\n',
    ]) {
      expect(await peer.send(garbage)).toEqual([]);
    }
    expect(await peer.send(message('OPTIONS sip:bob@10.0.0.2'))).toEqual(['SIP/2.0 200 OK']);
    expect(bed.errors).toEqual([]);
  });

  it('an INVITE with a body or Accept that cannot be served is refused', async () => {
    const bed = await openTestBed();
    answerCalls(bed);
    const peer = await peerOf(bed);
    const unknown = message('INVITE sip:bob@10.0.0.2', ['Content-Type: application/unknown'], 'x');
    expect(await peer.send(unknown)).toEqual(['SIP/2.0 415 Unsupported Media Type']);
    const accept = message('INVITE sip:bob@10.0.0.2', ['Accept: text/plain']);
    expect(await peer.send(accept)).toEqual(['SIP/2.0 406 Not Acceptable']);
    expect(await bed.leftovers()).toEqual({});
  });
});

/** RFC 4475 against the whole stack: the status is one of those the RFC allows, or there is none. */
describe('RFC 4475', () => {
  const vectors = new URL('../../../../protocol/sip-message/vectors/rfc4475/', import.meta.url);
  const { messages } = JSON.parse(readFileSync(new URL('expected.json', vectors), 'utf8')) as {
    messages: { id: string; file: string; uas: (number | string)[] | null; registrar: (number | string)[] | null }[];
  };

  it.each(messages)('$id', async ({ file, uas, registrar }) => {
    const bed = await openTestBed();
    bed.bob.on('invite', (invite) => invite.reject(404));
    bed.bob.on('register', (request) =>
      request.reply(parseUri(request.request.to?.uri ?? '')?.scheme === 'other' ? 400 : 200),
    );
    bed.bob.on('message', (request) => request.reply(200));
    const send = bed.network.attach('10.0.0.9', 5060, () => undefined);
    const text = readFileSync(new URL(file, vectors), 'latin1');
    send(text, BOB_AT, 'latin1');
    await bed.clock.advance(100);
    const finals = bed.network.log
      .filter(({ from, text: line }) => from === BOB_AT && /^SIP\/2.0 [2-6]/.test(line))
      .map(({ text: line }) => Number(line.slice(8, 11)));
    const allowed = text.startsWith('REGISTER') ? (registrar ?? uas) : (uas ?? registrar);
    if (allowed !== null && finals[0] !== undefined && !allowed.includes('process-normally')) {
      expect(allowed).toContain(finals[0]);
    }
    if (allowed !== null && allowed.every((outcome) => typeof outcome === 'string' && outcome !== 'process-normally')) {
      expect(finals).toEqual([]);
    }
    expect(bed.errors).toEqual([]);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('digest authentication', () => {
  it('lets a client register with its password, and only once per nonce count', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock, algorithms: ['SHA-256', 'MD5'] });
    const verdicts: string[] = [];
    bed.bob.on('register', (request) => {
      const attempt = authenticator.inspect(request.request, 'r.example');
      const verdict = attempt.kind === 'credentials' ? attempt.verify({ password: 'secret' }) : attempt.kind;
      verdicts.push(verdict);
      if (verdict === 'ok') request.reply(200);
      else request.reply(401, { headers: { 'WWW-Authenticate': authenticator.challenge('r.example') } });
    });
    const register = { method: 'REGISTER', target: 'sip:10.0.0.2', from: 'sip:u@r.example', contact: true };
    const good = bed.alice.request({ ...register, credentials: { username: 'u', password: 'secret' } });
    await bed.clock.advance(100);
    expect((await good).ok).toBe(true);
    const wrong = bed.alice.request({ ...register, credentials: { username: 'u', password: 'guess' } });
    await bed.clock.advance(100);
    expect(await wrong).toMatchObject({ ok: false, status: 401 });

    const recorded = bed.network.sent('REGISTER')[1]?.text ?? '';
    const peer = bed.network.attach('10.0.0.9', 5060, () => undefined);
    peer(recorded.replaceAll(/branch=\w+/g, 'branch=z9hG4bKreplay').replace(/CSeq: \d+/, 'CSeq: 9'), BOB_AT);
    await bed.clock.advance(400_000);
    peer(recorded.replaceAll(/branch=\w+/g, 'branch=z9hG4bKlater').replace(/CSeq: \d+/, 'CSeq: 10'), BOB_AT);
    await bed.clock.advance(100);
    expect(verdicts).toEqual(['none', 'ok', 'none', 'wrong', 'replayed', 'stale']);
  });

  it('answers a challenge to an INVITE with the next CSeq', async () => {
    const bed = await openTestBed();
    const authenticator = new DigestAuthenticator({ clock: bed.clock });
    bed.bob.on('invite', (invite) => {
      const attempt = authenticator.inspect(invite.request, 'r', 'Proxy-Authorization');
      const allowed = attempt.kind === 'credentials' && attempt.verify({ password: 'p' }) === 'ok';
      if (allowed) invite.reject(486);
      else invite.reject(407, { headers: { 'Proxy-Authenticate': authenticator.challenge('r') } });
    });
    const statuses: string[] = [];
    const options = { target: 'sip:bob@10.0.0.2', from: 'sip:a@a.example', sdp: SDP };
    bed.alice.invite({ ...options, credentials: { username: 'a', password: 'p' } }).on('rejected', ({ status }) => {
      statuses.push(`automatic ${status}`);
    });
    const manual = bed.alice.invite(options).on('rejected', ({ status }) => {
      statuses.push(`first ${status}`);
      manual.retryWithAuth({ username: 'a', password: 'p' })?.on('rejected', (failure) => {
        statuses.push(`second ${failure.status}`);
      });
    });
    await bed.clock.advance(1000);
    expect(statuses.toSorted()).toEqual(['automatic 486', 'first 407', 'second 486']);
    expect(await bed.leftovers()).toEqual({});
  });
});

describe('a subscription (RFC 6665)', () => {
  async function subscribed(expires: number): Promise<{
    bed: TestBed;
    peer: Awaited<ReturnType<typeof peerOf>>;
    subscription: NotifierSubscription;
    ends: string[];
  }> {
    const bed = await openTestBed();
    const peer = await peerOf(bed);
    const ends: string[] = [];
    const subscriptions: NotifierSubscription[] = [];
    bed.bob.on('subscribe', (subscribe) => {
      const subscription = subscribe.accept({ expires: subscribe.expires ?? 600 });
      subscriptions.push(subscription);
      subscription
        .on('refreshed', () => void subscription.notify({ contentType: 'text/plain', body: 'again' }))
        .on('ended', (kind) => {
          ends.push(kind);
          return { contentType: 'text/plain', body: 'last' };
        });
      void subscription.notify({ contentType: 'text/plain', body: 'first' });
    });
    await peer.send(message('SUBSCRIBE sip:bob@10.0.0.2', ['Event: message-summary', `Expires: ${expires}`]));
    const [subscription] = subscriptions;
    if (subscription === undefined) throw new Error('Not accepted');
    return { bed, peer, subscription, ends };
  }

  const notifies = (bed: TestBed): string[] => [
    ...new Set(
      bed.network
        .sent('NOTIFY')
        .map(({ text }) => `${/State: (.*)/.exec(text)?.[1]?.trim()} ${text.split('\r\n\r\n')[1]}`),
    ),
  ];

  it('notifies at once and at its end', async () => {
    const { bed, ends } = await subscribed(60);
    bed.network.attach('10.0.0.9', 5060, () => undefined);
    expect(notifies(bed)).toEqual(['active;expires=60 first']);
    await bed.clock.advance(61_000);
    expect(ends).toHaveLength(1);
    expect(await bed.leftovers()).toEqual({});
  });

  it('is refreshed and left by its subscriber', async () => {
    const { bed, peer, subscription, ends } = await subscribed(60);
    const answer = (text: string): string => {
      const copied = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      return ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n');
    };
    const acknowledge = async (): Promise<void> => {
      for (const text of peer.received.filter((one) => one.startsWith('NOTIFY'))) await peer.send(answer(text));
    };
    await acknowledge();
    const again = (sequence: number, expires: number): string =>
      message('SUBSCRIBE sip:bob@10.0.0.2', ['Event: message-summary', `Expires: ${expires}`])
        .replace('test1', `test${sequence}`)
        .replace('To: <sip:bob@10.0.0.2>', `To: <sip:bob@10.0.0.2>;tag=${subscription.id.localTag}`)
        .replace('CSeq: 1', `CSeq: ${sequence}`);
    await peer.send(again(2, 60));
    await acknowledge();
    expect(subscription.state).toBe('active');
    await peer.send(again(3, 0));
    await acknowledge();
    expect(notifies(bed)).toEqual([
      'active;expires=60 first',
      'active;expires=60 again',
      'terminated;reason=timeout last',
    ]);
    expect(ends).toEqual(['unsubscribed']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('that only fetches gets one NOTIFY', async () => {
    const { bed } = await subscribed(0);
    expect(notifies(bed)).toEqual(['terminated;reason=timeout first']);
    expect(await bed.leftovers()).toEqual({});
  });

  it('ends when its subscriber is gone', async () => {
    const { bed, ends } = await subscribed(6000);
    await bed.clock.advance(40_000);
    expect(ends).toEqual(['lost']);
    expect(await bed.leftovers()).toEqual({});
  });
});
