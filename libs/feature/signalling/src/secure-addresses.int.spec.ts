import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { STANDARD_PROFILE } from '@carillon/domain';
import { Certificates, silentLogger, SystemClock } from '@carillon/service-runtime';
import { createUserAgent, type IncomingInvite, type OutgoingInvite, type UserAgent } from '@carillon/sip-stack';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PHONE_SDP } from './testing/phone.js';
import { outcome, ringing, until } from './testing/signalling-bench.js';
import { OUT, useTrunks } from './testing/trunk-bench.js';

const PORT = 17_140;
const TLS_PORT = 17_142;
const HOST = '127.0.0.1';
const { bench, trunks } = useTrunks(PORT);
const folder = mkdtempSync(join(tmpdir(), 'secure-addresses-'));
let certificates: Certificates;
const phones: SecurePhone[] = [];

beforeAll(async () => {
  const settings = { dataDir: folder, advertisedAddress: HOST, sipDomain: 'example.org' };
  const tls = {
    certificates: [],
    clients: undefined,
    peers: new Map([[HOST, 'insecure' as const]]),
    sipPort: TLS_PORT,
    wssPort: undefined,
  };
  certificates = await Certificates.open({ ...settings, tls }, { clock: new SystemClock(), logger: silentLogger() });
});
// The server of the bench, with TLS.
beforeEach(async () => {
  await bench.running.close();
  bench.running = await bench.start({ ports: { sipPort: TLS_PORT, wssPort: undefined }, certificates });
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map(({ userAgent }) => userAgent.close({ graceMilliseconds: 100 })));
});
afterAll(() => {
  certificates.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A phone that has TLS, and UDP for who asks. */
class SecurePhone {
  readonly invites: IncomingInvite[] = [];

  constructor(
    readonly userAgent: UserAgent,
    private readonly extension: string,
  ) {
    userAgent.on('invite', (invite) => void this.invites.push(invite));
  }

  /** @param serverName what it calls itself */
  static async start(extension: string, serverName?: string): Promise<SecurePhone> {
    const userAgent = await createUserAgent({
      ...(serverName === undefined ? {} : { serverName }),
      listen: [
        { protocol: 'tls', host: HOST, port: 0 },
        { protocol: 'udp', host: HOST, port: 0 },
      ],
      tls: { certificates: certificates.current.certificates, verification: () => 'insecure' },
    });
    const phone = new SecurePhone(userAgent, extension);
    phones.push(phone);
    return phone;
  }

  /** @param scheme of the Request-URI and the Contact */
  async register(scheme: 'sip' | 'sips', by: 'tls' | 'udp' = 'tls'): Promise<number> {
    const { domain } = bench.organisation;
    const contact = this.userAgent.contactUri(by, this.extension);
    const { status } = await this.userAgent.request({
      method: 'REGISTER',
      target: `${scheme}:${domain}`,
      ...this.way(by),
      from: `${scheme}:${this.extension}@${domain}`,
      to: `${scheme}:${this.extension}@${domain}`,
      headers: {
        Contact: `<${scheme === 'sips' ? contact.replace('sip:', 'sips:').replace(';transport=tls', '') : contact}>`,
        Expires: '300',
      },
    });
    return status;
  }

  call(scheme: 'sip' | 'sips', number: string, by: 'tls' | 'udp' = 'tls') {
    const { domain } = bench.organisation;
    const from = `${scheme}:${this.extension}@${domain}`;
    return this.userAgent.invite({ target: `${scheme}:${number}@${domain}`, from, sdp: PHONE_SDP, ...this.way(by) });
  }

  private way(by: 'tls' | 'udp') {
    const port = by === 'tls' ? TLS_PORT : PORT;
    return {
      route: [`sip:${HOST}:${port};lr;transport=${by}`],
      credentials: { username: this.extension, password: `pw-${this.extension}` },
    };
  }
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

interface Asking {
  readonly method: string;
  readonly uri: string;
  /** Further headers. */
  readonly lines?: readonly string[];
  readonly by?: 'udp' | 'tls';
}

/** What a phone hears that sends this, and answers the challenge; our own stack would send no such thing. */
async function ask({ method, uri, lines = [], by = 'udp' }: Asking): Promise<string> {
  const { domain } = bench.organisation;
  const wire = by === 'udp' ? await openUdp() : await openTls();
  const final = (sequence: number): Promise<string> =>
    until(`the answer to ${method} ${sequence}`, () =>
      wire.heard().find((text) => text.includes(`CSeq: ${sequence} `) && !text.startsWith('SIP/2.0 1')),
    );
  const send = (sequence: number, more: readonly string[]): void => {
    const head = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${by.toUpperCase()} ${HOST}:${wire.port};rport;branch=z9hG4bKask${sequence}${method}`,
      ...['Max-Forwards: 70', `From: <sip:1002@${domain}>;tag=a`, `To: <sip:1002@${domain}>`],
      ...[`Call-ID: ask-${by}-${wire.port}-${method}`, `CSeq: ${sequence} ${method}`, 'Content-Length: 0'],
    ];
    wire.send(`${[...head, ...lines, ...more].join('\r\n')}\r\n\r\n`);
  };
  send(1, []);
  const nonce = /algorithm=MD5.*nonce="([^"]+)"|nonce="([^"]+)"[^\r]*algorithm=MD5/.exec(await final(1));
  const given = nonce?.[1] ?? nonce?.[2] ?? '';
  const response = md5(`${md5(`1002:${domain}:pw-1002`)}:${given}:${md5(`${method}:${uri}`)}`);
  const parts = [`username="1002"`, `realm="${domain}"`, `nonce="${given}"`, `uri="${uri}"`, `response="${response}"`];
  send(2, [`Authorization: Digest ${parts.join(', ')}`]);
  const answer = await final(2);
  wire.close();
  return answer;
}

async function openUdp() {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => void socket.bind(0, HOST, bound));
  const answers: string[] = [];
  socket.on('message', (bytes) => answers.push(bytes.toString()));
  return {
    port: socket.address().port,
    heard: () => answers,
    send: (text: string) => socket.send(text, PORT, HOST),
    close: () => void socket.close(),
  };
}

async function openTls() {
  const socket = connect({ host: HOST, port: TLS_PORT, rejectUnauthorized: false });
  await new Promise((ready) => socket.once('secureConnect', ready));
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return {
    port: socket.localPort,
    heard: () => text.split(/(?=^SIP\/2\.0 )/m),
    send: (message: string) => void socket.write(message),
    close: () => void socket.destroy(),
  };
}

/** What the organisation wants. */
async function decide(settings: Record<string, unknown>): Promise<void> {
  const { organisationId } = bench.organisation;
  await bench.database.database.forOrganisation(organisationId, (tx) =>
    tx.organisation.update({ where: { id: organisationId }, data: { settings: { ringSeconds: 5, ...settings } } }),
  );
  bench.bus.publish('directory.changed', { organisationId });
  await bench.bus.settled();
}

/** The latest call that came to a phone. */
const incoming = (phone: SecurePhone) => until('a call at the phone', () => phone.invites.at(-1));

describe('a call to a sips: address', () => {
  it('goes to a phone that registered so, over TLS, and both sides are in a dialog of sips', async () => {
    const [alice, bob] = [await SecurePhone.start('1001'), await SecurePhone.start('1002')];
    expect(await bob.register('sips')).toBe(200);
    const result = outcome(alice.call('sips', '1002'));
    const invite = await incoming(bob);
    expect([invite.request.uriText, invite.source.protocol]).toEqual([expect.stringMatching(/^sips:1002@/), 'tls']);
    expect(invite.request.contactUri).toMatch(/^sips:[^;]*$/);
    expect(invite.request.to?.uri).toMatch(/^sips:/);
    invite.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    expect(session?.remoteTarget).toMatch(/^sips:[^;]*$/);
    expect(await session?.bye()).toMatchObject({ ok: true });
  });

  it('rings nobody whose phones have no secure address, though they are on TLS: 480, and why (RFC 5630 §5.3)', async () => {
    const [alice, bob] = [await SecurePhone.start('1001'), await SecurePhone.start('1002')];
    expect(await bob.register('sip')).toBe(200);
    const refused = await outcome(alice.call('sips', '1002'));
    expect(refused.status).toBe(480);
    expect(refused.response?.header('Warning')).toBe(`380 ${bench.organisation.domain} "SIPS Not Allowed"`);
    expect(bob.invites).toHaveLength(0);
    // As a plain one it gets there.
    const call = alice.call('sip', '1002');
    expect((await incoming(bob)).source.protocol).toBe('tls');
    call.cancel();
  });

  it('rings only those members of a group, and those phones of a user, that have one', async () => {
    const [alice, desk, soft] = [
      await SecurePhone.start('1001'),
      await SecurePhone.start('1002'),
      await SecurePhone.start('1002'),
    ];
    await desk.register('sips');
    await soft.register('sip', 'udp');
    const result = outcome(alice.call('sips', '1002'));
    (await incoming(desk)).reject(486);
    expect((await result).status).toBe(486);
    expect(soft.invites).toHaveLength(0);
  });

  it('that comes in the clear is refused, with the same words: nobody could acknowledge its answer', async () => {
    const { domain } = bench.organisation;
    const lines = [`Contact: <sips:1002@${HOST}>`];
    const answer = await ask({ method: 'INVITE', uri: `sips:1002@${domain}`, lines });
    expect(answer).toMatch(/^SIP\/2\.0 480 /);
    expect(answer).toContain(`Warning: 380 ${domain} "SIPS Not Allowed"`);
  });

  it.each([
    ['is refused', '4711', '', 400],
    ['is taken of a phone that means its first hop', '4711', 'Grandstream GXP2170 1.0.11.79', 404],
    ['is taken where it is for help', '112', '', 404],
  ])('with a Contact that is none %s (RFC 5630 §5.1.2)', async (_what, number, userAgent, status) => {
    const lines = [`Contact: <sip:1002@${HOST}>`, ...(userAgent === '' ? [] : [`User-Agent: ${userAgent}`])];
    const uri = `sips:${number}@${bench.organisation.domain}`;
    const answer = await ask({ method: 'INVITE', uri, lines, by: 'tls' });
    expect(answer.split('\r\n', 1)[0]).toContain(` ${status} `);
  });

  it('goes out over a trunk with TLS alone, by sips as well', async () => {
    const carrier = await SecurePhone.start('4930');
    const plain = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: plain.port, outbound: OUT, priority: 1 });
    const alice = await SecurePhone.start('1001');
    expect((await outcome(alice.call('sips', '030123'))).status).toBe(480);
    const port = carrier.userAgent.addresses.find(({ protocol }) => protocol === 'tls')?.port ?? 0;
    await trunks.add({
      host: HOST,
      port,
      transport: 'tls',
      sourceAddresses: ['127.0.0.9'],
      outbound: OUT,
      priority: 2,
    });
    const result = outcome(alice.call('sips', '030123'));
    const invite = await incoming(carrier);
    expect(invite.request.uriText).toBe(`sips:+4930123@${HOST}:${port}`);
    invite.reject(486);
    expect((await result).status).toBe(486);
    expect(plain.invites).toHaveLength(0);
  });
});

describe('a call for help to a sips: address', () => {
  it('goes out over a trunk without TLS where there is no other', async () => {
    const carrier = await trunks.provider();
    const outbound = [{ pattern: '112', strip: 0, prepend: '' }];
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound });
    const alice = await SecurePhone.start('1001');
    const result = outcome(alice.call('sips', '112'));
    const invite = await until('the call for help', () => carrier.invites.at(-1));
    expect(invite.request.uriText).toBe(`sip:112@127.0.0.2:${carrier.port}`);
    invite.accept({ sdp: PHONE_SDP });
    const { status, session } = await result;
    expect([status, session?.remoteTarget]).toEqual([200, expect.stringMatching(/^sips:/)]);
    expect(await session?.bye()).toMatchObject({ ok: true });
  });
});

describe('a phone that registered a sips: address', () => {
  it('is called by its plain form, over TLS, where the caller asks for no more (RFC 5630 §5.3)', async () => {
    const bob = await SecurePhone.start('1002');
    await bob.register('sips');
    const alice = await bench.phone('1001');
    const call = alice.call('1002');
    const invite = await incoming(bob);
    expect([invite.request.uriText, invite.source.protocol]).toEqual([expect.stringMatching(/^sip:1002@/), 'tls']);
    expect(invite.request.contactUri).toMatch(/^sip:/);
    call.cancel();
  });

  it.each([
    ['says so itself', '381 phone.example "SIPS Required"'],
    ['cannot be reached by TLS any more', undefined],
  ])('and %s: who calls by a plain URI hears 381 (RFC 5630 §5.3)', async (_what, warning) => {
    const bob = await SecurePhone.start('1002');
    await bob.register('sips');
    const alice = await bench.phone('1001');
    if (warning === undefined) await bob.userAgent.close({ graceMilliseconds: 0 });
    const result = outcome(alice.call('1002'));
    if (warning !== undefined) (await incoming(bob)).reject(480, { headers: { Warning: warning } });
    const { status, response } = await result;
    expect([status, response?.header('Warning')]).toEqual([480, `381 ${bench.organisation.domain} "SIPS Required"`]);
  });

  it('has one address, whichever scheme it registers by: the last one counts (RFC 5630 §5.1.1.1)', async () => {
    const [alice, bob] = [await SecurePhone.start('1001'), await SecurePhone.start('1002')];
    await bob.register('sips');
    const { domain } = bench.organisation;
    const port = bob.userAgent.addresses.find(({ protocol }) => protocol === 'tls')?.port ?? 0;
    const plain = await bob.userAgent.request({
      method: 'REGISTER',
      target: `sip:${domain}`,
      route: [`sip:${HOST}:${TLS_PORT};lr;transport=tls`],
      from: `sip:1002@${domain}`,
      to: `sip:1002@${domain}`,
      credentials: { username: '1002', password: 'pw-1002' },
      headers: { Contact: `<sip:1002@${HOST}:${port}>`, Expires: '300' },
    });
    expect(plain.response?.values('Contact')).toEqual([expect.stringMatching(/^<sip:1002@/)]);
    expect((await outcome(alice.call('sips', '1002'))).status).toBe(480);
  });

  it('is refused where it comes in the clear, or by a plain Request-URI (RFC 5630 §5.2)', async () => {
    const { domain } = bench.organisation;
    const bob = await SecurePhone.start('1002');
    const contact = `<sips:1002@${HOST}:5061>`;
    const plain = await bob.userAgent.request({
      method: 'REGISTER',
      target: `sip:${domain}`,
      route: [`sip:${HOST}:${TLS_PORT};lr;transport=tls`],
      from: `sip:1002@${domain}`,
      to: `sip:1002@${domain}`,
      credentials: { username: '1002', password: 'pw-1002' },
      headers: { Contact: contact, Expires: '300' },
    });
    expect(plain.status).toBe(400);
    const inClear = await ask({ method: 'REGISTER', uri: `sips:${domain}`, lines: [`Contact: ${contact}`] });
    expect(inClear).toMatch(/^SIP\/2\.0 400 /);
  });
});

describe('a phone that writes sips: for every call, and means its first hop', () => {
  const KIND = 'Grandstream GXP2170 1.0.11.79';

  it('calls a phone without TLS, and stays in a dialog of sips itself (RFC 3261 §12.1.1)', async () => {
    const alice = await SecurePhone.start('1001', KIND);
    const bob = await bench.phone('1002');
    const result = outcome(alice.call('sips', '1002'));
    const invite = await ringing(bob);
    expect([invite.request.uriText, invite.source.protocol]).toEqual([expect.stringMatching(/^sip:1002@/), 'udp']);
    expect(invite.request.contactUri).toMatch(/^sip:/);
    const callee = invite.accept({ sdp: PHONE_SDP });
    const { session } = await result;
    expect(session?.remoteTarget).toMatch(/^sips:[^;]*$/);
    // What it refers to is meant no other way.
    const carol = await bench.phone('1003');
    const referral = session?.refer({ referTo: `sips:1003@${bench.organisation.domain}` });
    expect((await ringing(carol)).request.uriText).toMatch(/^sip:/);
    expect(referral).toBeDefined();
    expect(await callee?.bye()).toMatchObject({ ok: true });
  });

  it('calls out over a trunk without TLS', async () => {
    const carrier = await trunks.provider();
    await trunks.add({ host: '127.0.0.2', port: carrier.port, outbound: OUT, priority: 1 });
    const alice = await SecurePhone.start('1001', KIND);
    const result = outcome(alice.call('sips', '030123'));
    (await until('a call at the provider', () => carrier.invites.at(-1))).reject(486);
    expect((await result).status).toBe(486);
  });

  it('rings for everybody, and sends a plain call on by its sips: Contact', async () => {
    const desk = await SecurePhone.start('1002', KIND);
    expect(await desk.register('sips')).toBe(200);
    const [alice, carol] = [await bench.phone('1001'), await bench.phone('1003')];
    const call = outcome(alice.call('1002'));
    const contact = `<sips:1003@${bench.organisation.domain}>`;
    (await incoming(desk)).reject(302, { headers: { Contact: contact } });
    (await ringing(carol)).accept({ sdp: PHONE_SDP });
    expect((await call).status).toBe(200);
  });

  it('is no longer one where the organisation says so', async () => {
    const quirks = { ...STANDARD_PROFILE.quirks, sips: 'every-hop' };
    await decide({ deviceProfiles: [{ name: 'Strict', userAgent: 'Grandstream', quirks }] });
    const alice = await SecurePhone.start('1001', KIND);
    await bench.phone('1002');
    expect((await outcome(alice.call('sips', '1002'))).status).toBe(480);
  });

  it('is not passed on where somebody has no secure address, which a proxy must not lead to (RFC 5630 §5.3)', async () => {
    await decide({ sipRole: 'proxy' });
    const alice = await SecurePhone.start('1001', KIND);
    const desk = await SecurePhone.start('1002');
    await desk.register('sips');
    const passed = outcome(alice.call('sips', '1002'));
    const direct = await incoming(desk);
    expect([direct.request.uriText, direct.request.has('Record-Route')]).toEqual([
      expect.stringMatching(/^sips:/),
      true,
    ]);
    direct.reject(486);
    expect((await passed).status).toBe(486);
    const soft = await bench.phone('1002');
    const led = outcome(alice.call('sips', '1002'));
    const invite = await ringing(soft);
    expect([invite.request.uriText, invite.request.has('Record-Route')]).toEqual([
      expect.stringMatching(/^sip:/),
      false,
    ]);
    invite.accept({ sdp: PHONE_SDP });
    expect((await led).status).toBe(200);
  });
});

describe('an organisation that redirects', () => {
  const contactsFor = async (call: OutgoingInvite): Promise<readonly string[]> => {
    const { status, response } = await outcome(call);
    expect([300, 302]).toContain(status);
    return response?.contacts.flatMap((one) => (one.wildcard ? [] : [one.uri.replace(/:1002@.*/, '')])) ?? [];
  };

  it('tells a plain caller of no address that it has shown no TLS for (RFC 5630 §5.4)', async () => {
    await decide({ sipRole: 'redirect' });
    const [desk, soft] = [await SecurePhone.start('1002'), await SecurePhone.start('1002')];
    await desk.register('sips');
    const alice = await SecurePhone.start('1001');
    // Nobody is left that it could call by itself: the call is ours, and rings.
    const ours = alice.call('sip', '1002', 'udp');
    expect((await incoming(desk)).request.uriText).toMatch(/^sip:/);
    ours.cancel();
    await soft.register('sip', 'udp');
    expect(await contactsFor(alice.call('sip', '1002', 'udp'))).toEqual(['sip']);
    expect(await contactsFor(alice.call('sip', '1002'))).toEqual(['sip', 'sips']);
    expect(await contactsFor(alice.call('sips', '1002'))).toEqual(['sips']);
  });
});

it('a phone of one process hears a plain call as before', async () => {
  const [alice, bob] = [await bench.phone('1001'), await bench.phone('1002')];
  const call = alice.call('1002');
  expect((await ringing(bob)).request.uriText).toMatch(/^sip:/);
  call.cancel();
});
