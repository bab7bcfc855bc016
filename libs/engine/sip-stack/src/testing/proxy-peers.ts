import type { ProxyOptions, ProxyPlan } from '../api/routed-request.js';
import { PROXY, openProxyBed } from './proxy-bed.js';
import type { ProxyBed } from './proxy-bed.js';

/** Addresses of the two. */
export const CALLER = '10.0.0.50';
export const CALLEE = '10.0.0.60';

/** Two peers that speak raw SIP on both sides of the proxy, and what they have heard. */
export interface Peers {
  readonly bed: ProxyBed;
  readonly caller: string[];
  readonly callee: string[];
  /** From the caller to the proxy. */
  send: (text: string) => Promise<void>;
  /** From the callee to the proxy. */
  answer: (text: string) => Promise<void>;
}

/** A proxy between them, which sends what comes from the caller to the callee unless `route` decides. */
export async function openPeers(
  plan: Partial<ProxyPlan> = {},
  route?: Parameters<typeof openProxyBed>[0],
  options: ProxyOptions = {},
): Promise<Peers> {
  const bed = await openProxyBed(route, options);
  bed.plan = { targets: [{ uri: `sip:bob@${CALLEE}` }], ...plan };
  const caller: string[] = [];
  const callee: string[] = [];
  const fromCaller = bed.network.attach(CALLER, 5060, (text) => caller.push(text));
  const fromCallee = bed.network.attach(CALLEE, 5060, (text) => callee.push(text));
  const wait = (): Promise<void> => bed.clock.advance(20);
  return {
    bed,
    caller,
    callee,
    send: (text) => {
      fromCaller(text, `${PROXY}:5060`);
      return wait();
    },
    answer: (text) => {
      fromCallee(text, `${PROXY}:5060`);
      return wait();
    },
  };
}

interface Parts {
  uri?: string;
  branch?: string;
  maxForwards?: number;
  extra?: readonly string[];
  to?: string;
  cseq?: number;
  via?: string;
}

/** A request of the caller. */
export function request(method: string, parts: Parts = {}): string {
  const { uri = `sip:bob@${PROXY}`, branch = 'z9hG4bKraw', maxForwards = 70, extra = [], to = '', cseq = 1 } = parts;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: ${parts.via ?? `SIP/2.0/UDP ${CALLER};branch=${branch}`}`,
    ...extra,
    `Max-Forwards: ${maxForwards}`,
    'From: <sip:alice@a.example>;tag=a1',
    `To: <sip:bob@b.example>${to}`,
    'Call-ID: raw-call',
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:alice@10.0.0.50>',
    'X-Kept:   as   it is',
    'Content-Length: 0',
    '',
    '',
  ].join('\n');
}

/** The answer of a raw peer to what it heard. */
export function reply(heard: string, status: string, extra: readonly string[] = []): string {
  const copied = heard.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq|Record-Route):/.test(line));
  const to = /^To: .*$/m.exec(heard)?.[0].trim() ?? '';
  const tag = to.includes('tag=') ? to : `${to};tag=b1`;
  return [
    `SIP/2.0 ${status}`,
    ...copied,
    tag,
    'Contact: <sip:bob@10.0.0.60>',
    ...extra,
    'Content-Length: 0',
    '',
    '',
  ].join('\n');
}

/** Request or status line. */
export const firstLine = (text: string | undefined): string | undefined => text?.split('\r\n', 1)[0];
/** The value of a header, the first of its name. */
export const line = (text: string | undefined, name: string): string | undefined =>
  text
    ?.split('\r\n')
    .find((one) => one.startsWith(`${name}:`))
    ?.slice(name.length + 2);
