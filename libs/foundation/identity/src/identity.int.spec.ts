import { Writable } from 'node:stream';
import { createLogger, DEFAULT_SIP_DOMAIN, ManualClock, silentLogger } from '@carillon/service-runtime';
import { openTestDatabase, type TestDatabase } from '@carillon/database/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audit } from './audit.js';
import { Login } from './login.js';
import { LoginThrottle } from './login-throttle.js';
import { verifyPassword } from './password-hash.js';
import { SecretBox } from './secret-box.js';
import { seedDemo, type DemoSeed } from './seed-demo.js';
import { SESSION_IDLE_MS, SESSION_LIFE_MS, Sessions } from './sessions.js';
import { computeHa1, findSipAccount } from './sip-credentials.js';
import { warnOfDomain } from './warn-of-domain.js';

const DOMAIN = 'demo.example';
const client = { address: '192.0.2.1', userAgent: 'test' };
let opened: TestDatabase;
let seed: DemoSeed;
let clock: ManualClock;
let sessions: Sessions;
let login: Login;

beforeAll(async () => {
  opened = await openTestDatabase();
  const made = await seedDemo(opened.database, SecretBox.open(opened.dataDir), DOMAIN);
  if (made === undefined) throw new Error('Not seeded');
  seed = made;
  clock = new ManualClock(Date.now());
  sessions = new Sessions(opened.database, clock);
  login = new Login(opened.database, sessions, new LoginThrottle(), new Audit(), silentLogger());
});
afterAll(async () => opened?.close());

const staff = (index = 0) => {
  const person = seed.staff[index];
  if (person === undefined) throw new Error('No such staff');
  return person;
};
async function enter(index = 0) {
  const { email, password } = staff(index);
  const outcome = await login.login({ email, password, ...client });
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome;
}

describe('the demonstration', () => {
  it('is made once, with secrets of its own', async () => {
    expect(await seedDemo(opened.database, SecretBox.open(opened.dataDir), DOMAIN)).toBeUndefined();
    expect(seed.staff.map(({ extension }) => extension)).toEqual(['1001', '1002', '1003', '1004', '1005', '1006']);
    const secrets = seed.staff.flatMap(({ password, sipPassword, voicemailPin }) => [
      password,
      sipPassword,
      voicemailPin,
    ]);
    expect(new Set(secrets).size).toBe(18);
    await opened.database.forOrganisation(seed.organisationId, async (tx) => {
      expect(await tx.extension.count()).toBe(11);
      const mailboxes = await tx.mailbox.findMany({ include: { user: { include: { extension: true } } } });
      const own = mailboxes.find(({ user }) => user.extension?.number === '1001');
      expect(await verifyPassword(own?.pinHash, staff().voicemailPin)).toBe(true);
    });
  });

  it('keeps its domain: settings that name another are told that this has no effect', async () => {
    const said: string[] = [];
    const out = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(chunk.toString());
        done();
      },
    });
    const logger = createLogger('info', out);
    for (const sipDomain of [DOMAIN, DEFAULT_SIP_DOMAIN]) await warnOfDomain(opened.database, { sipDomain }, logger);
    expect(said).toEqual([]);
    await warnOfDomain(opened.database, { sipDomain: 'pbx.example' }, logger);
    expect(said.join('')).toContain('CARILLON_SIP_DOMAIN=pbx.example has no effect');
    expect(said.join('')).toContain(`phones register at ${DOMAIN}`);
  });

  it('lets its phones be found by domain and user name alone', async () => {
    const account = await findSipAccount(opened.database, DOMAIN.toUpperCase(), '1002');
    expect(account).toMatchObject({
      extension: '1002',
      displayName: 'Bob Baker',
      ...computeHa1('1002', DOMAIN, staff(1).sipPassword),
    });
    expect(await findSipAccount(opened.database, 'other.example', '1002')).toBeUndefined();
    expect(await findSipAccount(opened.database, DOMAIN, '9999')).toBeUndefined();
  });
});

describe('a login', () => {
  it('gives a session that tells who it is, and is in the audit', async () => {
    const { token, principal } = await enter();
    expect(principal).toMatchObject({ email: staff().email, role: 'staff', organisationId: seed.organisationId });
    expect(await sessions.authenticate(token)).toEqual(principal);
    const entry = await opened.database.forOrganisation(seed.organisationId, (tx) =>
      tx.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } }),
    );
    expect(entry).toMatchObject({ action: 'session.started', actorUserId: principal.userId, address: client.address });
  });

  it('refuses the wrong password and the unknown user alike, then slows', async () => {
    const wrong = { ok: false, code: 'IDENTITY.WRONG_CREDENTIALS' };
    const from = { ...client, address: '192.0.2.66' };
    for (const email of [staff(2).email, 'nobody@demo.example'])
      for (let i = 0; i < 6; i++) expect(await login.login({ email, password: 'wrong', ...from })).toEqual(wrong);
    for (const email of [staff(2).email, 'nobody@demo.example'])
      expect(await login.login({ email, password: staff(2).password, ...from })).toMatchObject({
        code: 'IDENTITY.SLOWED',
      });
    expect(await login.login({ email: staff(2).email, password: staff(2).password, ...client })).toMatchObject({
      ok: true,
    });
  });
});

describe('a login that names another secret', () => {
  it('spends none of its tries', async () => {
    const throttle = new LoginThrottle();
    const own = new Login(opened.database, sessions, throttle, new Audit(), silentLogger());
    for (let i = 0; i < 6; i++) await own.login({ email: 'mailbox 1', password: 'wrong', ...client });
    expect(await throttle.begin({ account: 'mailbox 1', address: client.address })).toBeUndefined();
  });
});

describe('a session', () => {
  it('is known by its token alone', async () => {
    for (const token of [undefined, '', 'x', 'a'.repeat(43), "' OR 1=1"])
      expect(await sessions.authenticate(token)).toBeUndefined();
  });

  it('ends when it is not used, and at last in any case', async () => {
    const idle = await enter(3);
    clock.advance(SESSION_IDLE_MS + 1);
    expect(await sessions.authenticate(idle.token)).toBeUndefined();
    const used = await enter(3);
    for (let spent = 0; spent < SESSION_LIFE_MS - SESSION_IDLE_MS; spent += SESSION_IDLE_MS / 2) {
      clock.advance(SESSION_IDLE_MS / 2);
      expect(await sessions.authenticate(used.token)).toBeDefined();
    }
    clock.advance(SESSION_IDLE_MS / 2);
    await sessions.authenticate(used.token);
    clock.advance(SESSION_IDLE_MS / 2);
    await sessions.authenticate(used.token);
    clock.advance(SESSION_IDLE_MS / 2);
    expect(await sessions.authenticate(used.token)).toBeUndefined();
  });

  it('ends when it is only looked at', async () => {
    const idle = await enter(3);
    for (let hour = 0; hour < 3; hour++) {
      expect(await sessions.peek(idle.token)).toBeDefined();
      clock.advance(SESSION_IDLE_MS / 3);
    }
    expect(await sessions.peek(idle.token)).toBeUndefined();
  });

  it('is listed, and revoked by its owner alone', async () => {
    const one = await enter(4);
    const two = await enter(4);
    const stranger = await enter(5);
    expect((await sessions.list(one.principal)).map(({ id }) => id)).toEqual([
      two.principal.sessionId,
      one.principal.sessionId,
    ]);
    expect(await sessions.revoke(stranger.principal, one.principal.sessionId)).toBe(false);
    expect(await sessions.revoke(one.principal, one.principal.sessionId)).toBe(true);
    expect(await sessions.authenticate(one.token)).toBeUndefined();
    expect(await sessions.authenticate(two.token)).toBeDefined();
  });

  it('ends with its user being disabled', async () => {
    const { token, principal } = await enter(5);
    await opened.database.forOrganisation(seed.organisationId, (tx) =>
      tx.user.update({ where: { id: principal.userId }, data: { disabledAt: new Date() } }),
    );
    expect(await sessions.authenticate(token)).toBeUndefined();
    expect(await login.login({ email: staff(5).email, password: staff(5).password, ...client })).toMatchObject({
      code: 'IDENTITY.WRONG_CREDENTIALS',
    });
  });
});

describe('the audit', () => {
  it('is kept with the change or not at all, and without secrets', async () => {
    const actor = { organisationId: seed.organisationId, userId: null, displayName: 'Test' };
    const before = { sipPassword: 'hidden', nested: [{ pinHash: 'hidden' }], name: 'shown' };
    const write = (fail: boolean) =>
      opened.database.forOrganisation(seed.organisationId, async (tx) => {
        await new Audit().record(tx, { actor, action: 'test.done', target: 'x', before });
        if (fail) throw new Error('the change failed');
      });
    await expect(write(true)).rejects.toThrow('the change failed');
    await write(false);
    const entries = await opened.database.forOrganisation(seed.organisationId, (tx) =>
      tx.auditEntry.findMany({ where: { action: 'test.done' } }),
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]?.change).toEqual({
      before: { sipPassword: '[redacted]', nested: [{ pinHash: '[redacted]' }], name: 'shown' },
    });
  });
});
