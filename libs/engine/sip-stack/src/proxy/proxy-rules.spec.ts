import { describe, expect, it } from 'vitest';
import type { ProxyPlan } from '../api/routed-request.js';
import { PROXY, openProxyBed } from '../testing/proxy-bed.js';
import { CALLEE, CALLER, firstLine, line, openPeers, reply, request } from '../testing/proxy-peers.js';

describe('what is forwarded', () => {
  it('is the same octets but for what §16.6 changes', async () => {
    const { send, callee } = await openPeers({ headers: { 'P-Asserted-Identity': '<sip:1@a>' }, remove: ['X-Gone'] });
    await send(request('INVITE', { extra: ['X-Gone: away', 'Subject: a', '  folded'] }));
    const lines = (callee[0] ?? '').split('\r\n');
    expect(lines[0]).toBe(`INVITE sip:bob@${CALLEE} SIP/2.0`);
    expect(lines[1]).toMatch(/^Via: SIP\/2\.0\/UDP 10\.0\.0\.9:5060;rport;branch=z9hG4bK[0-9a-f]{24}\.[0-9a-z]+$/);
    expect(lines[2]).toBe('Max-Breadth: 60');
    expect(lines[3]).toMatch(/^Record-Route: <sip:10\.0\.0\.9:5060;lr;ck=[0-9a-f]+>$/);
    expect(lines.slice(4)).toEqual([
      `Via: SIP/2.0/UDP ${CALLER};branch=z9hG4bKraw`,
      'Subject: a',
      '  folded',
      'Max-Forwards: 69',
      'From: <sip:alice@a.example>;tag=a1',
      'To: <sip:bob@b.example>',
      'Call-ID: raw-call',
      'CSeq: 1 INVITE',
      'Contact: <sip:alice@10.0.0.50>',
      'X-Kept:   as   it is',
      'Content-Length: 0',
      'P-Asserted-Identity: <sip:1@a>',
      '',
      '',
    ]);
  });

  it('goes by the Path of the registration, and undoes strict routing behind it', async () => {
    const loose = await openPeers({
      targets: [{ uri: 'sip:bob@192.0.2.1', route: [`sip:${CALLEE};lr`, 'sip:second;lr'] }],
    });
    await loose.send(request('INVITE'));
    expect(firstLine(loose.callee[0])).toBe('INVITE sip:bob@192.0.2.1 SIP/2.0');
    expect(loose.callee[0]?.match(/^Route: .*$/gm)?.map((one) => one.trim())).toEqual([
      `Route: <sip:${CALLEE};lr>`,
      'Route: <sip:second;lr>',
    ]);
    const strict = await openPeers({ targets: [{ uri: 'sip:bob@192.0.2.1', route: [`sip:${CALLEE}`] }] });
    await strict.send(request('INVITE'));
    expect(firstLine(strict.callee[0])).toBe(`INVITE sip:${CALLEE} SIP/2.0`);
    expect(line(strict.callee[0], 'Route')).toBe('<sip:bob@192.0.2.1>');
  });
});

describe('what is refused', () => {
  it.each([
    ['483 when no hop is left', { maxForwards: 0 }, '483'],
    ['420 for extensions that a proxy must know', { extra: ['Proxy-Require: foo, bar'] }, '420'],
    ['416 for a scheme that leads nowhere', { uri: 'urn:service:sos' }, '416'],
  ])('gets %s', async (_name, parts, status) => {
    const { send, caller, callee } = await openPeers();
    await send(request('INVITE', parts));
    expect(firstLine(caller[0])).toContain(status);
    if (status === '420') expect(line(caller[0], 'Unsupported')).toBe('foo, bar');
    expect(callee).toEqual([]);
  });

  it('is answered all the same when OPTIONS asks us by its last hop (§11)', async () => {
    const { send, caller } = await openPeers();
    await send(request('OPTIONS', { maxForwards: 0 }));
    expect(firstLine(caller[0])).toContain('200');
  });

  it('is a loop, but not a spiral (RFC 5393)', async () => {
    const { bed, send, caller, callee } = await openPeers({ targets: [{ uri: `sip:other@${PROXY}` }] });
    bed.proxy.on('route', (routed) => {
      const spiral = routed.uri.includes('other') ? `sip:bob@${CALLEE}` : `sip:other@${PROXY}`;
      routed.proxy({ targets: [{ uri: spiral }] });
    });
    await send(request('INVITE'));
    expect(callee).toHaveLength(1);
    bed.proxy.on('route', (routed) => routed.proxy({ targets: [{ uri: `sip:bob@${PROXY}` }] }));
    await send(request('INVITE', { branch: 'z9hG4bKloop', uri: `sip:bob@${PROXY}`, cseq: 2 }));
    await bed.clock.advance(100);
    expect(caller.map(firstLine)).toContain('SIP/2.0 482 Loop Detected');
  });

  it('is a session interval that is too short (RFC 4028 §8.1)', async () => {
    const { send, caller } = await openPeers({ minimumSessionSeconds: 120 });
    await send(request('INVITE', { extra: ['Supported: timer', 'Session-Expires: 90'] }));
    expect(firstLine(caller[0])).toContain('422');
    expect(line(caller[0], 'Min-SE')).toBe('120');
  });
});

describe('a session timer (RFC 4028 §8)', () => {
  const timed = { sessionExpiresSeconds: 1800 };

  it('is asked for, and given to a caller that knows it when the phone does not, each time the answer comes', async () => {
    const outcomes: (number | undefined)[] = [];
    const plan: Partial<ProxyPlan> = { onFinal: ({ sessionSeconds }) => outcomes.push(sessionSeconds) };
    const { send, answer, callee, caller } = await openPeers(plan, undefined, timed);
    await send(request('INVITE', { extra: ['Supported: timer'] }));
    expect(line(callee[0], 'Session-Expires')).toBe('1800');
    const ok = reply(callee[0] ?? '', '200 OK');
    await answer(ok);
    await answer(ok);
    const answers = caller.filter((text) => firstLine(text) === 'SIP/2.0 200 OK');
    expect(answers.map((text) => [line(text, 'Session-Expires'), line(text, 'Require')])).toEqual([
      ['1800;refresher=uac', 'timer'],
      ['1800;refresher=uac', 'timer'],
    ]);
    expect(outcomes).toEqual([1800]);
  });

  it('that the phone grants is passed on as it is; nobody is told of one that nobody knows', async () => {
    const outcomes: (number | undefined)[] = [];
    const plan: Partial<ProxyPlan> = { onFinal: ({ sessionSeconds }) => outcomes.push(sessionSeconds) };
    const { send, answer, callee, caller } = await openPeers(plan, undefined, timed);
    await send(request('INVITE'));
    await answer(reply(callee[0] ?? '', '200 OK', ['Session-Expires: 900;refresher=uas']));
    expect(line(caller.at(-1), 'Session-Expires')).toBe('900;refresher=uas');
    await send(request('INVITE', { branch: 'z9hG4bKtwo', cseq: 2 }));
    await answer(reply(callee.at(-1) ?? '', '200 OK'));
    expect(line(caller.at(-1), 'Session-Expires')).toBeUndefined();
    expect(outcomes).toEqual([900, undefined]);
  });
});

describe('a dialog', () => {
  it('is not denied where OPTIONS in it has no hop left: 483 (§16.3), not 481', async () => {
    const { send, answer, caller, callee } = await openPeers();
    await send(request('INVITE'));
    await answer(reply(callee[0] ?? '', '200 OK'));
    const route = [`Route: ${line(caller.at(-1), 'Record-Route') ?? ''}`];
    const uri = `sip:bob@${CALLEE}`;
    await send(request('OPTIONS', { branch: 'z9hG4bKopt', uri, cseq: 2, to: ';tag=b1', maxForwards: 0, extra: route }));
    expect(firstLine(caller.at(-1))).toContain('483');
  });

  it('goes through by our own Record-Route, and nobody else’s Route set makes us a relay', async () => {
    const { bed, send, answer, caller, callee } = await openPeers();
    await send(request('INVITE'));
    await answer(reply(callee[0] ?? '', '200 OK'));
    const own = line(caller.at(-1), 'Record-Route') ?? '';
    await send(
      request('ACK', { uri: 'sip:bob@10.0.0.60', branch: 'z9hG4bKack', to: ';tag=b1', extra: [`Route: ${own}`] }),
    );
    expect(firstLine(callee.at(-1))).toBe('ACK sip:bob@10.0.0.60 SIP/2.0');
    const heard = callee.length;
    const forged = own.replace(/ck=./, (text) => (text === 'ck=0' ? 'ck=1' : 'ck=0'));
    for (const route of [forged, `<sip:${PROXY};lr>`]) {
      const extra = [`Route: ${route}`];
      await send(
        request('BYE', {
          uri: 'sip:victim@192.0.2.9',
          to: ';tag=b1',
          extra,
          cseq: 3,
          branch: `z9hG4bK${route.length}`,
        }),
      );
      expect(firstLine(caller.at(-1))).toContain('403');
    }
    expect(callee).toHaveLength(heard);
    // A strict router in front of us puts our value into the Request-URI (§16.4).
    const strict = {
      uri: own.slice(1, -1),
      extra: ['Route: <sip:bob@10.0.0.60>'],
      to: ';tag=b1',
      cseq: 2,
      branch: 'z9hG4bKs',
    };
    await send(request('BYE', strict));
    expect(firstLine(callee.at(-1))).toBe('BYE sip:bob@10.0.0.60 SIP/2.0');
    expect(bed.passed).toEqual(['ACK', 'BYE']);
  });

  it('finds both phones behind their NATs by flow tokens (RFC 5626 §5.2)', async () => {
    const { bed, send, answer, caller, callee } = await openPeers();
    bed.proxy.on('route', (routed) => {
      const flow = bed.proxy.flow(`udp:${PROXY}:5060-${CALLEE}:5060`);
      routed.proxy({ targets: [{ uri: 'sip:bob@192.168.1.7:5060', flow }] });
    });
    await send(request('INVITE', { via: 'SIP/2.0/UDP 192.168.1.5;branch=z9hG4bKnat;rport' }));
    expect(firstLine(callee[0])).toBe('INVITE sip:bob@192.168.1.7:5060 SIP/2.0');
    expect(line(callee[0], 'Record-Route')).toMatch(
      /^<sip:[\w-]+\.[\w-]+@10\.0\.0\.9:5060;lr;ft=\w+;ck=[0-9a-f]{16}>$/,
    );
    await answer(reply(callee[0] ?? '', '200 OK'));
    const own = line(caller.at(-1), 'Record-Route') ?? '';
    const extra = [`Route: ${own}`];
    await send(request('BYE', { uri: 'sip:bob@192.168.1.7', to: ';tag=b1', extra, cseq: 2, branch: 'z9hG4bK2' }));
    expect(firstLine(callee.at(-1))).toContain('BYE');
    const heard = caller.length;
    await answer(
      request('INFO', {
        uri: 'sip:alice@192.168.1.5',
        extra,
        cseq: 7,
        via: `SIP/2.0/UDP ${CALLEE};branch=z9hG4bK3`,
        to: ';tag=a1',
      }).replace('From: <sip:alice@a.example>;tag=a1', 'From: <sip:bob@b.example>;tag=b1'),
    );
    expect(caller.slice(heard).map(firstLine)).toEqual(['INFO sip:alice@192.168.1.5 SIP/2.0']);
  });
});

describe('answers', () => {
  it('come within 200 ms, be it only 100 Trying, and 100 itself is not passed on', async () => {
    const { bed, send, answer, caller, callee } = await openPeers();
    await send(request('INVITE'));
    expect(caller).toEqual([]);
    await bed.clock.advance(120);
    expect(caller.map(firstLine)).toEqual(['SIP/2.0 100 Trying']);
    await answer(reply(callee[0] ?? '', '100 Trying'));
    await answer(reply(callee[0] ?? '', '183 Session Progress'));
    expect(caller.map(firstLine)).toEqual(['SIP/2.0 100 Trying', 'SIP/2.0 183 Session Progress']);
    expect(caller[1]?.match(/^Via:/gm)).toHaveLength(1);
  });

  it('of a request other than INVITE are final alone, and none at all where none came (RFC 4320)', async () => {
    const { bed, send, answer, caller, callee } = await openPeers();
    await send(request('MESSAGE'));
    await answer(reply(callee[0] ?? '', '180 Ringing'));
    expect(caller).toEqual([]);
    await bed.clock.advance(3600);
    expect(caller.map(firstLine)).toEqual(['SIP/2.0 100 Trying']);
    await bed.clock.advance(60_000);
    expect(caller.map(firstLine)).toEqual(['SIP/2.0 100 Trying']);
    expect(bed.outcomes.map(({ status }) => status)).toEqual([0]);
    expect(bed.proxy.stats().serverTransactions).toBe(0);
    // Late: nobody waits for it any more.
    await answer(reply(callee[0] ?? '', '200 OK'));
    expect(caller).toHaveLength(1);
  });

  it('with challenges bring those of every branch (§16.7 item 7)', async () => {
    const { bed, send, answer, caller, callee } = await openPeers({
      targets: [{ uri: `sip:one@${CALLEE}` }, { uri: `sip:two@${CALLEE}` }],
    });
    await send(request('INVITE'));
    expect(callee.map((text) => line(text, 'Max-Breadth'))).toEqual(['30', '30']);
    await answer(reply(callee[0] ?? '', '401 Unauthorized', ['WWW-Authenticate: Digest realm="one", nonce="1"']));
    await answer(
      reply(callee[1] ?? '', '407 Proxy Authentication Required', [
        'Proxy-Authenticate: Digest realm="two", nonce="2"',
      ]),
    );
    const final = caller.find((text) => text.startsWith('SIP/2.0 401'));
    expect(final).toContain('WWW-Authenticate: Digest realm="one"');
    expect(final).toContain('Proxy-Authenticate: Digest realm="two"');
    expect(bed.outcomes).toMatchObject([{ status: 401 }]);
  });

  it('that match nothing are dropped', async () => {
    const { bed, send, answer, caller, callee } = await openPeers();
    await send(request('INVITE'));
    const heard = caller.length;
    const forged = reply(callee[0] ?? '', '200 OK').replace(/branch=z9hG4bK[0-9a-f]{8}/, 'branch=z9hG4bK00000000');
    await answer(forged);
    await bed.clock.advance(10);
    expect(caller.slice(heard)).toEqual([]);
  });
});

describe('without state (§16.11)', () => {
  const passOn = (routed: Parameters<NonNullable<Parameters<typeof openProxyBed>[0]>>[0]): void =>
    routed.forward({ uri: `sip:bob@${CALLEE}` });

  it('repeats go the same way in the same branch, and their answers come back', async () => {
    const { bed, send, answer, caller, callee } = await openPeers({}, passOn);
    for (const method of ['INVITE', 'INVITE', 'CANCEL']) await send(request(method));
    await send(request('ACK', { to: ';tag=b1' }));
    const branches = callee.map((text) => /branch=([^;\s]+)/.exec(text)?.[1]);
    expect(callee.map((text) => text.split(' ', 1)[0])).toEqual(['INVITE', 'INVITE', 'CANCEL', 'ACK']);
    expect(new Set(branches).size).toBe(1);
    await answer(reply(callee[0] ?? '', '180 Ringing'));
    expect(caller.map(firstLine)).toEqual(['SIP/2.0 180 Ringing']);
    // Whoever guesses at branches reaches nobody.
    await answer(
      reply(callee[0] ?? '', '200 OK').replace(/z9hG4bKsl./, (text) =>
        text.endsWith('0') ? 'z9hG4bKsl1' : 'z9hG4bKsl0',
      ),
    );
    await answer(reply(callee[0] ?? '', '200 OK').replaceAll('10.0.0.50', '192.0.2.66'));
    expect(caller).toHaveLength(1);
    expect(bed.proxy.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0 });
  });
});

it('redirects with ordered contacts, and takes back what nobody decided in time', async () => {
  const { bed, send, caller } = await openPeers({}, (routed) =>
    routed.redirect([{ uri: 'sip:b@h', q: 0.1 }, { uri: 'sip:a@h' }], { status: 300 }),
  );
  await send(request('INVITE'));
  expect(firstLine(caller[0])).toBe('SIP/2.0 300 Multiple Choices');
  expect(caller[0]?.match(/^Contact: .*$/gm)?.map((one) => one.trim())).toEqual([
    'Contact: <sip:a@h>',
    'Contact: <sip:b@h>;q=0.1',
  ]);
  let later: () => void = () => undefined;
  bed.proxy.on('route', (routed) => {
    later = () => routed.proxy({ targets: [{ uri: `sip:bob@${CALLEE}` }] });
  });
  await send(request('INVITE', { branch: 'z9hG4bKlate', cseq: 2 }));
  await send(request('CANCEL', { branch: 'z9hG4bKlate', cseq: 2 }));
  later();
  await bed.clock.advance(50);
  expect(caller.slice(1).map(firstLine)).toEqual([
    'SIP/2.0 100 Trying',
    'SIP/2.0 200 OK',
    'SIP/2.0 487 Request Terminated',
  ]);
});
