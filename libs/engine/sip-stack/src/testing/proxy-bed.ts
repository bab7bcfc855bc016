import type { InviteSession } from '../api/invite-session.js';
import type { ProxyOptions, ProxyOutcome, ProxyPlan, ProxyTarget, RoutedRequest } from '../api/routed-request.js';
import { SipUserAgent } from '../user-agent/sip-user-agent.js';
import { MemoryNetwork } from './memory-network.js';
import { SeededRandom } from './seeded-random.js';
import { ANSWER, SDP } from './test-bed.js';
import { VirtualClock } from './virtual-clock.js';

/** Where the proxy listens. */
export const PROXY = '10.0.0.9';
export const PHONES: readonly ProxyTarget[] = [{ uri: 'sip:bob@10.0.0.2' }];

/** Alice and phones around one proxy. */
export interface ProxyBed {
  clock: VirtualClock;
  network: MemoryNetwork;
  proxy: SipUserAgent;
  phone: (host: string) => SipUserAgent;
  plan: Partial<ProxyPlan>;
  outcomes: ProxyOutcome[];
  passed: string[];
  errors: unknown[];
}

/** Opens them on a virtual network; without a `route` every request is proxied as `plan` says. */
export async function openProxyBed(
  route?: (request: RoutedRequest) => void,
  proxy: ProxyOptions = {},
): Promise<ProxyBed> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const errors: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (details: unknown) => errors.push(details) };
  const agents = new Map<string, SipUserAgent>();
  for (const [seed, host] of ['10.0.0.1', '10.0.0.2', '10.0.0.3', PROXY].entries()) {
    const random = new SeededRandom(seed + 1);
    const sessionTimer = { expiresSeconds: 0, minimumSeconds: 90 };
    const listen = [{ protocol: 'udp' as const, host, port: 5060 }];
    agents.set(host, await SipUserAgent.open({ listen, clock, logger, random, sessionTimer, proxy }, network));
  }
  const phone = (host: string): SipUserAgent => {
    const agent = agents.get(host);
    if (agent === undefined) throw new Error(`No phone at ${host}`);
    return agent;
  };
  const bed: ProxyBed = {
    clock,
    network,
    proxy: phone(PROXY),
    phone,
    plan: {},
    outcomes: [],
    passed: [],
    errors,
  };
  bed.proxy.on('passing', ({ request }) => bed.passed.push(request.method));
  bed.proxy.on(
    'route',
    route ??
      ((request) => request.proxy({ targets: PHONES, onFinal: (outcome) => bed.outcomes.push(outcome), ...bed.plan })),
  );
  return bed;
}

/** What is left of anything after all timers have run out. */
export async function leftovers(bed: ProxyBed): Promise<Record<string, number>> {
  await bed.clock.advance(400_000);
  const left: Record<string, number> = { timers: bed.clock.pending };
  for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3', PROXY]) {
    const { clientTransactions, serverTransactions, dialogs } = bed.phone(host).stats();
    left[`${host} transactions`] = clientTransactions + serverTransactions;
    left[`${host} dialogs`] = dialogs;
  }
  return Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0));
}

/** Alice's side of a call, as words. */
export interface Caller {
  lines: string[];
  session: InviteSession | undefined;
  cancel: () => void;
}

/** Alice calls Bob through the proxy. */
export function call(bed: ProxyBed): Caller {
  const caller: Caller = { lines: [], session: undefined, cancel: () => invite.cancel() };
  const invite = bed
    .phone('10.0.0.1')
    .invite({ target: `sip:bob@${PROXY}`, from: 'sip:alice@a.example', sdp: SDP })
    .on('progress', (response) => caller.lines.push(String(response.status)))
    .on('accepted', (session) => {
      caller.session = session;
      caller.lines.push('accepted');
      session.on('ended', (end) => caller.lines.push(`ended by ${end.by}`));
    })
    .on('rejected', (failure) => caller.lines.push(`rejected ${failure.status}`));
  return caller;
}

/** A phone that rings and does what it is told after a while. */
export function ring(bed: ProxyBed, host: string, then: { after: number; status: number }): string[] {
  const lines: string[] = [];
  bed.phone(host).on('invite', (invite) => {
    lines.push('rings');
    invite.progress(180);
    invite.onCancelled((reasons) => lines.push(`cancelled ${reasons.map(({ cause }) => cause).join()}`));
    bed.clock.setTimeout(() => {
      if (then.status >= 300) {
        invite.reject(then.status);
        return;
      }
      const session = invite.accept({ sdp: ANSWER });
      if (session !== undefined) lines.push('accepts');
      session?.on('ended', (end) => lines.push(`ended by ${end.by}`));
    }, then.after);
  });
  return lines;
}
