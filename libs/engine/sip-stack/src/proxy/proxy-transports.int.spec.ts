import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { InviteSession } from '../api/invite-session.js';
import type { ListenAddress, UserAgent } from '../api/user-agent.js';
import type { ProxyPlan } from '../api/routed-request.js';
import { ANSWER, SDP } from '../testing/test-bed.js';
import { untilBound } from '../testing/until-bound.js';
import { createUserAgent } from '../user-agent/create-user-agent.js';

const KAMAILIO = spawnSync('which', ['kamailio']).status === 0;
const KAMAILIO_PORT = 15_390;

const opened: UserAgent[] = [];
const heard: string[] = [];
let stop: () => Promise<void> = () => Promise.resolve();
afterEach(async () => {
  await Promise.all(opened.splice(0).map((agent) => agent.close({ graceMilliseconds: 100 })));
  await stop();
  stop = () => Promise.resolve();
  heard.splice(0);
});

async function open(...listen: ListenAddress[]): Promise<UserAgent> {
  const agent = await createUserAgent({
    listen,
    tap: ({ direction, bytes }) => direction === 'in' && heard.push(Buffer.from(bytes).toString()),
  });
  opened.push(agent);
  return agent;
}

const udp = (host = '127.0.0.1'): ListenAddress => ({ protocol: 'udp', host, port: 0 });
const tcp = (host = '127.0.0.1'): ListenAddress => ({ protocol: 'tcp', host, port: 0 });
const portOf = (agent: UserAgent, protocol: string): number =>
  agent.addresses.find((address) => address.protocol === protocol)?.port ?? 0;

/** A call that is answered, changed by the callee, and ended by it. Resolves with what the caller saw. */
async function callThrough(caller: UserAgent, callee: UserAgent, target: string): Promise<string[]> {
  const seen: string[] = [];
  callee.on('invite', (invite) => {
    const session = invite.accept({ sdp: ANSWER });
    session?.on('acknowledged', () => {
      void session.info({ body: 'x', contentType: 'text/plain' }).then(() => session.bye());
    });
  });
  await new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error(`Only ${seen.join(', ')}`)), 8000).unref();
    const follow = (session: InviteSession): void => {
      seen.push('accepted');
      session.on('info', (info) => {
        seen.push('info');
        info.reply(200);
      });
      session.on('ended', ({ by }) => {
        seen.push(`ended by ${by}`);
        resolve();
      });
    };
    caller
      .invite({ target, from: 'sip:alice@a.example', sdp: SDP })
      .on('accepted', follow)
      .on('rejected', ({ status }) => reject(new Error(`Rejected with ${status}`)));
  });
  return seen;
}

function proxyTo(proxy: UserAgent, plan: () => ProxyPlan): void {
  proxy.on('route', (routed) => routed.proxy(plan()));
}

describe('between transports and families', () => {
  it('gives each side a Record-Route that it can reach (RFC 5658): UDP here, TCP there', async () => {
    const [alice, bob, proxy] = [await open(udp()), await open(tcp()), await open(udp(), tcp())];
    const target = `sip:bob@127.0.0.1:${portOf(bob, 'tcp')};transport=tcp`;
    proxyTo(proxy, () => ({ targets: [{ uri: target }] }));
    const seen = await callThrough(alice, bob, `sip:bob@127.0.0.1:${portOf(proxy, 'udp')}`);
    expect(seen).toEqual(['accepted', 'info', 'ended by remote']);
    const invite = heard.find((text) => text.startsWith('INVITE') && text.includes('Record-Route'));
    const routes = [...(invite ?? '').matchAll(/^Record-Route: <sip:([^;>]*)([^>]*)>/gm)].map(([, , rest]) => rest);
    expect(routes).toHaveLength(2);
    expect(routes[0]).toMatch(/^;transport=tcp;lr;r2/);
    expect(routes[1]).toMatch(/^;lr;r2/);
  });

  it('reaches a phone that can only be reached by the connection it made, and IPv6 from IPv4', async () => {
    const [alice, bob, proxy] = [await open(udp()), await open(tcp('::1')), await open(udp(), tcp('::1'))];
    let flow: ProxyPlan['targets'][number]['flow'];
    proxy.on('route', (routed) => {
      if (routed.request.method !== 'REGISTER') {
        routed.proxy({ targets: [{ uri: 'sip:bob@[2001:db8::1]', flow }] });
        return;
      }
      ({ flow } = routed.source);
      routed.reply(200);
    });
    await bob.request({
      method: 'REGISTER',
      target: `sip:[::1]:${portOf(proxy, 'tcp')};transport=tcp`,
      from: 'sip:bob@b.example',
    });
    const seen = await callThrough(alice, bob, `sip:bob@127.0.0.1:${portOf(proxy, 'udp')}`);
    expect(seen).toEqual(['accepted', 'info', 'ended by remote']);
  });
});

describe.runIf(KAMAILIO)('with a Kamailio as the next hop', () => {
  it('both stay in the path, and requests find their way from either side', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'carillon-kamailio-'));
    writeFileSync(join(folder, 'kamailio.cfg'), NEXT_HOP);
    const child = spawn(
      'kamailio',
      ['-f', join(folder, 'kamailio.cfg'), '-DD', '-E', '-m', '64', '-M', '8', '-Y', folder],
      {
        stdio: 'ignore',
      },
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    stop = async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    };
    await untilBound(KAMAILIO_PORT, 'udp');
    const [alice, bob, proxy] = [await open(udp()), await open(udp()), await open(udp())];
    const uri = `sip:bob@127.0.0.1:${portOf(bob, 'udp')}`;
    proxyTo(proxy, () => ({ targets: [{ uri, route: [`sip:127.0.0.1:${KAMAILIO_PORT};lr`] }] }));
    const seen = await callThrough(alice, bob, `sip:bob@127.0.0.1:${portOf(proxy, 'udp')}`);
    expect(seen).toEqual(['accepted', 'info', 'ended by remote']);
    const invite = heard.find(
      (text) => text.startsWith('INVITE') && text.includes(`Record-Route: <sip:127.0.0.1:${KAMAILIO_PORT}`),
    );
    expect(invite?.match(/^Record-Route:/gm)).toHaveLength(2);
  });
});

const NEXT_HOP = `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${KAMAILIO_PORT}
dns=no
rev_dns=no
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) { if (loose_route()) t_relay(); exit; }
  record_route();
  loose_route();
  t_relay();
}
`;
