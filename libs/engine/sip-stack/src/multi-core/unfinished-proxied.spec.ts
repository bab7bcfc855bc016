import { expect, it } from 'vitest';
import type { ProxiedRequest, UnfinishedProxied } from '../api/routed-request.js';
import { PROXY } from '../testing/proxy-bed.js';
import { CALLEE, firstLine, line, openPeers, reply, request } from '../testing/proxy-peers.js';
import type { Peers } from '../testing/proxy-peers.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';

const END = {
  status: 500,
  headers: { 'Retry-After': '2' },
  reason: { protocol: 'SIP', cause: 500, text: 'Interrupted' },
} as const;

/** An INVITE goes through, and the phone rings. @param extra of the INVITE */
async function ringing(extra: readonly string[] = []): Promise<Peers & { proxied: () => ProxiedRequest }> {
  let proxied: ProxiedRequest | undefined;
  const peers = await openPeers({ onBegun: (begun) => (proxied = begun) });
  await peers.send(request('INVITE', { extra }));
  await peers.answer(reply(peers.callee[0] ?? '', '180 Ringing'));
  return {
    ...peers,
    proxied: () => {
      if (proxied === undefined) throw new Error('Nothing was begun');
      return proxied;
    },
  };
}

/** The proxy dies without a word; another one takes its place. @param copies as they travel */
async function another({ bed }: Peers, copies: readonly UnfinishedProxied[]): Promise<SipUserAgent> {
  const travelled = JSON.parse(JSON.stringify(copies.map(({ open }) => open))) as UnfinishedProxied['open'][];
  bed.network.fate = ({ from }) => (from.startsWith(PROXY) ? [] : [5]);
  const closed = bed.proxy.close({ graceMilliseconds: 1 });
  await bed.clock.advance(1000);
  await closed;
  bed.network.fate = () => [5];
  const { clock } = bed;
  const listen = [{ protocol: 'udp' as const, host: PROXY, port: 5060 }];
  const agent = await SipUserAgent.open({ listen, clock, random: new SeededRandom(7) }, bed.network);
  for (const copy of travelled) expect(agent.endUnfinished(copy, END)).toBe(true);
  return agent;
}

it('a proxied call that rings ends for both: the caller hears a final answer, the phone a CANCEL', async () => {
  const peers = await ringing();
  const { bed, caller, callee, send, answer, proxied } = peers;
  expect(proxied().begun).toBe(1);
  const copies = proxied().unfinished();
  expect(copies.map(({ open, target }) => [open.role, target?.uri])).toEqual([
    ['callee', undefined],
    ['caller', `sip:bob@${CALLEE}`],
  ]);
  const invite = callee[0] ?? '';
  const agent = await another(peers, copies);
  await bed.clock.advance(20);
  const refusal = caller.at(-1);
  expect(firstLine(refusal)).toMatch(/^SIP\/2\.0 500 /);
  expect(line(refusal, 'Retry-After')).toBe('2');
  const cancel = callee.at(-1) ?? '';
  expect(firstLine(cancel)).toBe(`CANCEL sip:bob@${CALLEE} SIP/2.0`);
  expect(line(cancel, 'Via')).toBe(line(invite, 'Via'));
  await send(request('ACK', { to: line(refusal, 'To')?.replace(/^[^;]*/, '') ?? '' }));
  await answer(reply(cancel, '200 OK'));
  await answer(reply(invite, '487 Request Terminated'));
  expect(callee.at(-1)).toMatch(/^ACK /);
  await bed.clock.advance(100_000);
  expect(agent.stats()).toMatchObject({ clientTransactions: 0, serverTransactions: 0, dialogs: 0 });
});

it('a phone that answers meanwhile is hung up on, not by way of the caller', async () => {
  const peers = await ringing(['Record-Route: <sip:10.0.0.51;lr>']);
  const { bed, callee, answer, proxied } = peers;
  const invite = callee[0] ?? '';
  await another(peers, proxied().unfinished());
  await answer(reply(invite, '200 OK'));
  const [ack, bye] = callee.slice(-2);
  expect([firstLine(ack), firstLine(bye)]).toEqual([`ACK sip:bob@${CALLEE} SIP/2.0`, `BYE sip:bob@${CALLEE} SIP/2.0`]);
  expect(line(bye, 'Route')).toBeUndefined();
  await answer(reply(bye ?? '', '200 OK'));
  await bed.clock.advance(100_000);
});

it('nothing is left to end once the caller has its answer', async () => {
  const { callee, answer, proxied } = await ringing();
  await answer(reply(callee[0] ?? '', '486 Busy Here'));
  expect(proxied().unfinished()).toEqual([]);
});
