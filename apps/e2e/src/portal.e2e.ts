import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Baresip } from './harness/baresip.js';
import { adminOf, portalOf } from './harness/call-history.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';
import { Portal } from './harness/portal.js';
import { until } from './harness/wait.js';

interface Credentials {
  sipUsername: string;
  sipPassword: string;
  domain: string;
  udpPort: number;
}
interface Created {
  user: { userId: string; email: string; extension: string; devices: { deviceId: string }[] };
  generatedPassword: string | null;
  credentials: Credentials | null;
}
interface LiveCall {
  callId: string;
  state: string;
  from: { number: string };
  to: { number: string };
}

let carillon: Carillon;
let admin: Portal;
let nextExtension = 1050;
const phones = new Phones(() => carillon);
const extras: Baresip[] = [];

beforeAll(async () => {
  carillon = await Carillon.start();
  admin = await adminOf(carillon);
});
afterEach(async () => {
  await Promise.all(extras.splice(0).map((phone) => phone.stop()));
  await phones.stopAll();
});
afterAll(() => carillon?.remove());

async function phoneWith(credentials: Credentials, tone: number): Promise<Baresip> {
  const phone = await Baresip.start({
    user: credentials.sipUsername,
    password: credentials.sipPassword,
    domain: credentials.domain,
    serverPort: credentials.udpPort,
    tone,
  });
  extras.push(phone);
  return phone;
}

/** Somebody with a number that nobody has had, also where a test is tried again. */
function createUser(): Promise<Created> {
  nextExtension += 1;
  return admin.do<Created>('POST', '/api/admin/users', {
    email: `user${nextExtension}@example.org`,
    displayName: `User ${nextExtension}`,
    extension: String(nextExtension),
  });
}

/** The call of a number that goes on. */
const liveCallOf = (number: string): Promise<LiveCall> =>
  until(`a call of ${number}`, async () => {
    const list = await admin.do<LiveCall[]>('GET', '/api/admin/calls/live');
    return list.find(({ from }) => from.number === number);
  });

describe('an admin', () => {
  it('creates a user whose phone registers and calls at once; credentials are shown once', async () => {
    const created = await createUser();
    const { credentials, user } = created;
    if (credentials === null) throw new Error('no credentials were shown');
    const phone = await phoneWith(credentials, 500);
    const bob = await phones.start('1002', { tone: 700 });
    phone.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    // Bob's phone has a call as soon as it has sent its 200; the caller has one after that.
    await phone.seen('CALL_ESTABLISHED');
    expect(await admin.do<LiveCall[]>('GET', '/api/admin/calls/live')).toContainEqual(
      expect.objectContaining({
        state: 'answered',
        from: expect.objectContaining({ number: user.extension }),
        to: expect.objectContaining({ number: '1002' }),
      }),
    );
    const registrations = await admin.do<{ sipUsername: string }[]>('GET', '/api/admin/registrations');
    expect(registrations.map((one) => one.sipUsername)).toContain(credentials.sipUsername);
    phone.hangUp();
    await bob.seen('CALL_CLOSED');
    await until('an empty list of live calls', async () => {
      return (await admin.do<LiveCall[]>('GET', '/api/admin/calls/live')).length === 0;
    });
    const again = await admin.do<object>('GET', `/api/admin/users/${created.user.userId}`);
    expect(JSON.stringify(again)).not.toContain(credentials.sipPassword);
  });

  it('disables a user: the running call, the registrations and the sessions end; enabling brings them back', async () => {
    const created = await createUser();
    if (created.credentials === null || created.generatedPassword === null) throw new Error('nothing was generated');
    const phone = await phoneWith(created.credentials, 500);
    const bob = await phones.start('1002', { tone: 700 });
    const session = await Portal.login(carillon.httpUrl, created.user.email, created.generatedPassword);
    phone.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await phone.seen('CALL_ESTABLISHED');
    await admin.do('PATCH', `/api/admin/users/${created.user.userId}`, { disabled: true });
    await bob.seen('CALL_CLOSED');
    await phone.seen('CALL_CLOSED');
    expect((await session.send('GET', '/api/me')).status).toBe(401);
    await until('the registration to end', async () => {
      const list = await admin.do<{ sipUsername: string }[]>('GET', '/api/admin/registrations');
      return !list.some((one) => one.sipUsername === created.credentials?.sipUsername);
    });
    await admin.do('PATCH', `/api/admin/users/${created.user.userId}`, { disabled: false });
    await phone.stop();
    await phoneWith(created.credentials, 500);
  });

  it('deletes a user: its number is unknown from then on', async () => {
    const created = await createUser();
    await admin.do('DELETE', `/api/admin/users/${created.user.userId}`);
    const alice = await phones.start('1001', { tone: 440 });
    alice.dial(created.user.extension);
    expect((await alice.seen('CALL_CLOSED')).param).toContain('404');
    expect((await admin.send('GET', `/api/admin/users/${created.user.userId}`)).status).toBe(404);
  });

  it('ends a call in progress', async () => {
    const alice = await phones.start('1001', { tone: 440 });
    const bob = await phones.start('1002', { tone: 700 });
    alice.dial('1002');
    await bob.seen('CALL_ESTABLISHED');
    await alice.seen('CALL_ESTABLISHED');
    const { callId } = await liveCallOf('1001');
    await admin.do('DELETE', `/api/admin/calls/live/${callId}`);
    await alice.seen('CALL_CLOSED');
    await bob.seen('CALL_CLOSED');
  });

  it('is told what is wrong with a form, and a number is given out once', async () => {
    const bad = await admin.send<{ code: string; fields: Record<string, string> }>('POST', '/api/admin/users', {
      email: 'nonsense',
      displayName: '',
      extension: 'abc',
    });
    expect(bad.status).toBe(400);
    expect(Object.keys(bad.body.fields)).toEqual(expect.arrayContaining(['email', 'displayName', 'extension']));
    const taken = await admin.send<{ code: string }>('POST', '/api/admin/users', {
      email: 'other@example.org',
      displayName: 'Other',
      extension: '1001',
    });
    expect(taken.status).toBe(409);
  });
});

describe('others', () => {
  it('staff may not use the admin interface; without a session nothing is answered', async () => {
    const staff = await portalOf(carillon, '1001');
    expect((await staff.send('GET', '/api/admin/users')).status).toBe(403);
    expect((await fetch(`${carillon.httpUrl}/api/admin/users`)).status).toBe(401);
  });

  it('a guesser is slowed, and is never told whether the user exists', async () => {
    const { email } = carillon.staff('1006');
    const guess = async (email: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${carillon.httpUrl}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: carillon.httpUrl },
        body: JSON.stringify({ email, password: 'wrong-password' }),
      });
      return { status: response.status, text: await response.text() };
    };
    const known = await guess(email);
    const unknown = await guess(`nobody-${randomUUID()}@example.org`);
    expect(known).toEqual(unknown);
    expect(known.status).toBe(401);
    let slowed = false;
    for (let i = 0; i < 30 && !slowed; i++) slowed = (await guess(email)).status === 429;
    expect(slowed).toBe(true);
  });
});
