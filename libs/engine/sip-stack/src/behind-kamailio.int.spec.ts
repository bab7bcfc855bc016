import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncomingNotify, InviteSession, Registration, UserAgent } from './index.js';
import { createUserAgent, dialogOfPeer, PublicationServer } from './index.js';

const PORT = 14_600;
const SDP = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 14610 RTP/AVP 0\r\n';
const MODULES = [
  'kex',
  'corex',
  'tm',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'textops',
  'siputils',
  'usrloc',
  'registrar',
  'auth',
];
const hasKamailio = spawnSync('kamailio', ['-v']).error === undefined;

/** A registrar and record-routing proxy that asks for Digest: 401 for REGISTER, 407 for everything that begins something. */
const CONFIGURATION = `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:${PORT}
listen=tcp:127.0.0.1:${PORT}
alias="uc.test"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/kamailio/modules/:/usr/lib64/kamailio/modules/"
${MODULES.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("usrloc","db_mode",0)
modparam("auth","nonce_count",1)
modparam("auth","qop","auth")
modparam("auth","nonce_expire",3)
request_route {
  force_rport();
  if (has_totag()) {
    if (loose_route()) { t_relay(); }
    else { if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; } sl_send_reply("404","Not here"); }
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  t_check_trans();
  if (is_method("REGISTER")) {
    $var(pw)="pw-"+$aU;
    if (!pv_www_authenticate("uc.test","$var(pw)","0")) { www_challenge("uc.test","1"); exit; }
    save("location"); exit;
  }
  $var(pw)="pw-"+$aU;
  if (!pv_proxy_authenticate("uc.test","$var(pw)","0")) { proxy_challenge("uc.test","1"); exit; }
  consume_credentials();
  record_route();
  if (!lookup("location")) { sl_send_reply("404","Not Found"); exit; }
  t_relay();
}
`;

async function until<Value>(what: string, probe: () => Value | undefined): Promise<Value> {
  for (let turn = 0; turn < 400; turn += 1) {
    const value = probe();
    if (value !== undefined) return value;
    await new Promise((settle) => setTimeout(settle, 25));
  }
  throw new Error(`Waited in vain for ${what}`);
}

describe.skipIf(!hasKamailio)('behind a Kamailio that challenges and record-routes', () => {
  let kamailio: ChildProcess;
  let folder: string;
  let alice: UserAgent;
  let bob: UserAgent;
  let registrations: Registration[];
  const credentials = (user: string) => ({ username: user, password: `pw-${user}` });
  const route = [`sip:127.0.0.1:${PORT};lr`];
  const toBob = { target: 'sip:bob@uc.test', route, from: 'sip:alice@uc.test', credentials: credentials('alice') };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'carillon-kamailio-'));
    const file = join(folder, 'kamailio.cfg');
    writeFileSync(file, CONFIGURATION);
    kamailio = spawn('kamailio', ['-f', file, '-DD', '-E', '-m', '32', '-M', '4', '-Y', folder], { stdio: 'ignore' });
    const probe = await createUserAgent({
      listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }],
      timers: { t1: 100 },
    });
    const outcome = await probe.request({ method: 'OPTIONS', target: 'sip:uc.test', route, from: 'sip:probe@uc.test' });
    await probe.close();
    // Any answer will do: it listens.
    if (!outcome.ok && outcome.cause !== 'response') throw new Error('Kamailio does not answer');
  });

  beforeEach(async () => {
    const open = (): Promise<UserAgent> =>
      createUserAgent({ listen: [{ protocol: 'udp', host: '127.0.0.1', port: 0 }] });
    [alice, bob] = await Promise.all([open(), open()]);
    const events: string[] = [];
    registrations = [alice, bob].map((agent, index) => {
      const user = index === 0 ? 'alice' : 'bob';
      return agent
        .register({ address: `sip:${user}@uc.test`, route, credentials: credentials(user), expiresSeconds: 60 })
        .on('registered', ({ expiresSeconds }) => events.push(`${expiresSeconds > 50}`))
        .on('failed', ({ status }) => events.push(`failed ${status}`));
    });
    await until('both registrations', () => (events.length >= 2 ? events : undefined));
    if (events.join() !== 'true,true') throw new Error(`Not registered: ${events.join()}`);
  });

  afterEach(async () => {
    await Promise.all([alice, bob].map((agent) => agent.close({ graceMilliseconds: 500 })));
  });

  afterAll(() => {
    kamailio.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  it('stays registered when the nonce has run out, and unregisters', async () => {
    const [registration] = registrations;
    if (registration === undefined) throw new Error('No registration');
    let refreshed = 0;
    registration.on('registered', () => (refreshed += 1));
    await new Promise((settle) => setTimeout(settle, 4000));
    registration.refresh();
    await until('the refresh', () => (refreshed > 0 ? true : undefined));
    expect(await registration.close()).toMatchObject({ ok: true });
    const outcome = await bob.request({
      ...toBob,
      method: 'MESSAGE',
      target: 'sip:alice@uc.test',
      from: 'sip:bob@uc.test',
      credentials: credentials('bob'),
      body: 'x',
      contentType: 'text/plain',
    });
    expect(outcome).toMatchObject({ status: 404 });
  });

  it('watches, is refreshed and leaves through the proxy', async () => {
    bob.on('subscribe', (incoming) => {
      const notifier = incoming.accept();
      notifier.on('refreshed', () => void notifier.notify({ contentType: 'text/plain', body: 'again' }));
      void notifier.notify({ contentType: 'text/plain', body: 'first' });
    });
    const seen: string[] = [];
    const subscription = alice
      .subscribe({ ...toBob, event: 'lamp', expiresSeconds: 600 })
      .on('notify', ({ body, subscriptionState }: IncomingNotify) =>
        seen.push(`${subscriptionState.state} ${body}`.trim()),
      )
      .on('ended', ({ kind }) => seen.push(kind));
    await until('the first state', () => seen[0]);
    subscription.refresh();
    await until('the refresh', () => seen[1]);
    await subscription.close();
    expect(seen).toEqual(['active first', 'active again', 'terminated', 'closed']);
  });

  it('publishes through the proxy', async () => {
    const states: string[] = [];
    const server = new PublicationServer({
      event: 'presence',
      policy: {
        ...{ defaultExpires: 600, minimumExpires: 60, maximumExpires: 600, bodyTypes: ['text/plain'] },
        ...{ maxPublicationsPerResource: 4, maxPublications: 4, maxBodyLength: 100 },
      },
      changed: (_, published) => states.push(published.map(({ body }) => body).join('+')),
    });
    bob.on('publish', (incoming) => server.receive(incoming, { resource: 'alice', publisher: 'alice' }));
    const publication = alice.publish({ ...toBob, event: 'presence', contentType: 'text/plain', body: 'here' });
    await until('the state', () => states[0]);
    publication.modify('away');
    await until('the change', () => states[1]);
    await publication.close();
    server.close();
    expect(states).toEqual(['here', 'away', '']);
  });

  it('calls with 407, transfers with news, and is replaced', async () => {
    const sessions: InviteSession[] = [];
    const ends: string[] = [];
    bob.on('invite', (invite) => {
      const session = invite.accept({ sdp: SDP });
      if (session === undefined) return;
      sessions.push(session);
      session.on('ended', ({ kind }) => ends.push(kind));
      session.on('refer', (refer) => {
        const referral = refer.accept();
        void referral.notify(180).then(() => referral.notify(200));
      });
    });
    const call = (replaces?: InviteSession): Promise<InviteSession> =>
      new Promise((resolve, reject) => {
        alice
          .invite({ ...toBob, sdp: SDP, ...(replaces === undefined ? {} : { replaces: dialogOfPeer(replaces) }) })
          .on('accepted', resolve)
          .on('rejected', ({ status }) => reject(new Error(`Rejected ${status}`)));
      });
    const first = await call();
    const news: number[] = [];
    const refer = first
      .refer({ referTo: { target: 'sip:carol@uc.test' } })
      .on('progress', (status) => news.push(status));
    await until('the last news', () => (refer.state === 'ended' ? true : undefined));
    expect(news).toEqual([100, 180, 200]);
    const second = await call(first);
    await until('the end of the first', () => (first.state === 'ended' ? true : undefined));
    expect(ends).toEqual(['replaced']);
    await second.bye();
    await until('the end of the second', () => ends[1]);
    expect(ends).toEqual(['replaced', 'bye']);
  });
});
