import type { Party } from '@carillon/contracts';
import { parseMessage } from '@carillon/sip-message';
import type { OutgoingInvite, RequestFailure } from '@carillon/sip-stack';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Directory } from '../../routing/directory.js';
import type { Route } from '../../routing/route-call.js';
import type { Trunk } from '../../trunks/trunk.js';
import { Attempt } from '../attempt.js';
import { Call } from '../call.js';
import type { CallParts } from '../call-parts.js';
import { NO_PRIVACY } from '../identity/privacy.js';
import { Fork } from './fork.js';

const party: Party = { number: '030123', name: null, userId: null };
const directory = {
  organisationId: 'acme',
  sipDomain: 'acme.example',
  callPolicy: { privateHeaders: [], holdMusic: 'silence' },
  deviceProfiles: [],
} as unknown as Directory;
const route = { target: { kind: 'external', ...party }, steps: [] } as unknown as Route;
const trunk = {
  ...{ name: 'T', host: 'carrier.example', transport: 'tcp', mediaEncryption: 'none', trusted: false },
} as unknown as Trunk;
const GONE: RequestFailure = { ok: false, status: 503, reason: 'No connection', cause: 'transport' };

/** To another port of the trunk's host. */
function sentOn(port: number): RequestFailure {
  const contact = `sip:030123@carrier.example:${port}`;
  const lines = [
    'SIP/2.0 302 Moved',
    'Via: SIP/2.0/TCP h;branch=z9hG4bK1',
    'From: <sip:a@h>;tag=1',
    'To: <sip:b@h>;tag=2',
  ];
  const more = ['Call-ID: 1', 'CSeq: 1 INVITE', `Contact: <${contact}>`, 'Content-Length: 0', '', ''];
  const parsed = parseMessage(Buffer.from([...lines, ...more].join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'response') throw new Error('Not a response');
  return { ok: false, status: 302, reason: 'Moved', cause: 'response', response: parsed.message };
}

/** A call over one trunk. @param found the addresses of its name, once they are known, and of where it is sent on to */
function callOver(found: Promise<string[]>, later: () => Promise<string[]> = () => found) {
  let lookups = 0;
  const sent: { family: unknown; refuse: (failure: RequestFailure) => void }[] = [];
  const opened: unknown[] = [];
  const invite = ({ family }: { family?: unknown }): OutgoingInvite => {
    const handlers = new Map<string, (failure: RequestFailure) => void>();
    const one = {
      callId: 'one',
      state: 'calling',
      cancel: () => void (one.state = 'cancelling'),
      on: (event: string, handler: () => void) => handlers.set(event, handler),
    };
    sent.push({
      family,
      refuse: (failure) => {
        one.state = 'rejected';
        handlers.get('rejected')?.(failure);
      },
    });
    return one as unknown as OutgoingInvite;
  };
  const after = (milliseconds: number, then: () => void): (() => void) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  };
  const nothing = (): void => undefined;
  const parts = {
    directories: { current: () => directory },
    media: {
      open: () => {
        opened.push('endpoint');
        return Promise.resolve({ ok: true, sdp: 'v=0' });
      },
      close: () => Promise.resolve(),
    },
    ladders: { join: nothing, note: nothing },
    calls: { updated: nothing },
    clock: { now: () => Date.now(), after },
    trunks: { reach: () => ({ target: 'sip:030123@carrier.example', to: '<sip:030123@carrier.example>' }) },
    userAgent: { addressesOf: () => (lookups++ === 0 ? found : later()), invite },
  } as unknown as CallParts;
  const call = new Call({ directory, from: party, route, startedAt: 0 });
  const done = new Fork(parts, call, {
    targets: [{ party, deviceId: null, way: { kind: 'trunk', trunk, number: '030123' } }],
    failures: [],
    seconds: 180,
    firstAnswerSeconds: 5,
    role: 'callee',
    shown: { party, privacy: NO_PRIVACY },
    attempt: new Attempt(),
  }).run();
  const results: unknown[] = [];
  void done.then((result) => results.push(result.kind === 'failed' ? result.failure.sipStatus : result.kind));
  return { sent, opened, results };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a trunk that says nothing', () => {
  it('is left after five seconds though its name is still being looked up, and is not called later', async () => {
    vi.useFakeTimers();
    let find = (_addresses: string[]): void => undefined;
    const { sent, opened, results } = callOver(new Promise((resolve) => (find = resolve)));
    await vi.advanceTimersByTimeAsync(4999);
    expect(results).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(results).toEqual([408]);
    find(['192.0.2.1']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent, opened]).toEqual([[], []]);
  });

  it('has its five seconds for its addresses of both families together', async () => {
    vi.useFakeTimers();
    const { sent, results } = callOver(Promise.resolve(['2001:db8::1', '192.0.2.1']));
    await vi.advanceTimersByTimeAsync(2000);
    sent[0]?.refuse(GONE);
    await vi.advanceTimersByTimeAsync(2999);
    expect([sent.map(({ family }) => family), results]).toEqual([[6, 4], []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(results).toEqual([408]);
  });

  it('has answered where it sends the call on: the next name has time to be found, and its server to answer', async () => {
    vi.useFakeTimers();
    const slow = () => new Promise<string[]>((settle) => void setTimeout(() => settle(['192.0.2.2']), 1500));
    const { sent, results } = callOver(Promise.resolve(['192.0.2.1']), slow);
    await vi.advanceTimersByTimeAsync(4000);
    sent[0]?.refuse(sentOn(5070));
    await vi.advanceTimersByTimeAsync(1500 + 4999);
    expect([sent.length, results]).toEqual([2, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(results).toEqual([408]);
  });

  it('is left while the name is looked up that it has sent the call on to', async () => {
    vi.useFakeTimers();
    const { sent, results } = callOver(Promise.resolve(['192.0.2.1']), () => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(4000);
    sent[0]?.refuse(sentOn(5070));
    await vi.advanceTimersByTimeAsync(4999);
    expect(results).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([results, sent.length]).toEqual([[408], 1]);
  });
});
