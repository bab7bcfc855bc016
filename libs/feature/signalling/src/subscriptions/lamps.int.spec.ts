import { newId, OrganisationId } from '@carillon/domain';
import type { Presence } from '@carillon/contracts';
import type { Publication, Subscription } from '@carillon/sip-stack';
import { describe, expect, it } from 'vitest';
import { addOrganisation } from '../testing/organisation.js';
import { Phone, PHONE_SDP } from '../testing/phone.js';
import { ringing, until, useSignalling } from '../testing/signalling-bench.js';
import { DIALOG_INFO_TYPE } from './dialog-info.js';
import { buildPidf, PIDF_TYPE, readPidf } from './pidf.js';
import { readXml } from './xml/read-xml.js';

const PORT = 14_510;
const bench = useSignalling(PORT);

/** A phone watches another extension. */
function watch(phone: Phone, event: string, user: string, options: { domain?: string; password?: string } = {}) {
  const domain = options.domain ?? bench.organisation.domain;
  const bodies: string[] = [];
  const ends: string[] = [];
  const own = phone.address.slice(4, 8);
  const subscription: Subscription = phone.userAgent
    .subscribe({
      target: `sip:${user}@${domain}`,
      route: [`sip:127.0.0.1:${PORT};lr`],
      from: phone.address,
      event,
      accept: [event === 'dialog' ? DIALOG_INFO_TYPE : PIDF_TYPE],
      expiresSeconds: 600,
      credentials: { username: own, password: options.password ?? `pw-${own}` },
    })
    .on('notify', ({ body }) => bodies.push(body))
    .on('interrupted', (why) => ends.push(why.kind === 'terminated' ? `terminated ${why.reason}` : why.kind))
    .on('ended', (why) => {
      ends.push(
        why.kind === 'failed'
          ? `failed ${why.failure.status}`
          : why.kind === 'terminated'
            ? `terminated ${why.reason}`
            : why.kind,
      );
    });
  return { subscription, bodies, ends };
}

/** Version and states of a dialog-info document. */
function lamp(body: string | undefined): { version: number; states: string[] } | undefined {
  const result = body === undefined ? undefined : readXml(body);
  if (result?.ok !== true) return undefined;
  const { attributes, children } = result.root;
  expect(attributes.get('state')).toBe('full');
  return {
    version: Number(attributes.get('version')),
    states: children.map((dialog) => `${dialog.attributes.get('direction')} ${dialog.children[0]?.text}`),
  };
}

const showing = (bodies: readonly string[], states: string[]) =>
  until(`a lamp that shows ${states.join()}`, () => {
    const now = lamp(bodies.at(-1));
    return now !== undefined && JSON.stringify(now.states) === JSON.stringify(states) && now;
  });

describe('a lamp of another extension (RFC 4235)', () => {
  it('follows its calls from ringing to the end, with rising versions', async () => {
    const carol = await bench.phone('1003');
    const { bodies, subscription } = watch(carol, 'dialog', '1002');
    await showing(bodies, []);
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    const call = alice.call('1002');
    const invite = await ringing(bob);
    invite.progress(180);
    await showing(bodies, ['recipient early']);
    const session = invite.accept({ sdp: PHONE_SDP });
    await showing(bodies, ['recipient confirmed']);
    await session?.bye();
    // Said once, for phones that wait for it; then there is nothing left to say.
    await until('the end', () => bodies.some((body) => lamp(body)?.states.join() === 'recipient terminated'));
    void call;
    const versions = bodies.map((body) => lamp(body)?.version);
    expect(versions).toEqual(versions.map((_, index) => index));
    subscription.refresh();
    // The whole state on refresh: nothing is left of the call.
    await showing(bodies, []);
    await subscription.close();
    expect(lamp(bodies.at(-1))?.states).toEqual([]);
  });

  it('shows a call that began before it was watched, from the caller’s side', async () => {
    const { callee } = await bench.talking();
    const carol = await bench.phone('1003');
    const { bodies } = watch(carol, 'dialog', '1001');
    await showing(bodies, ['initiator confirmed']);
    await callee.bye();
    await until('the end', () => bodies.some((body) => lamp(body)?.states.join() === 'initiator terminated'));
  });

  it('names the dialog that a pick-up would replace', async () => {
    const carol = await bench.phone('1003');
    const { bodies } = watch(carol, 'dialog', '1002');
    const alice = await bench.phone('1001');
    const bob = await bench.phone('1002');
    alice.call('1002');
    const invite = await ringing(bob);
    invite.progress(180);
    await showing(bodies, ['recipient early']);
    const result = readXml(bodies.at(-1) ?? '');
    const dialog = result.ok ? result.root.children[0]?.attributes : undefined;
    // As seen from where the INVITE with Replaces will arrive.
    expect([dialog?.get('call-id'), dialog?.get('local-tag'), dialog?.get('remote-tag')]).toEqual([
      invite.callId,
      invite.remoteTag,
      invite.localTag,
    ]);
  });

  it('does not show other organisations’ people, strangers, or numbers without a person', async () => {
    const other = await addOrganisation(bench.database.database, ['2001']);
    const carol = await bench.phone('1003');
    expect([other.domain === bench.organisation.domain, newId(OrganisationId) === other.organisationId]).toEqual([
      false,
      false,
    ]);
    const across = watch(carol, 'dialog', '2001', { domain: other.domain });
    const nobody = watch(carol, 'dialog', '1200');
    const stranger = watch(carol, 'dialog', '1002', { password: 'wrong' });
    await until('three refusals', () => [across, nobody, stranger].every(({ ends }) => ends.length > 0));
    expect([across, nobody, stranger].map(({ ends }) => ends[0])).toEqual(['failed 404', 'failed 404', 'failed 403']);
  });

  it('ends when its own user is disabled, and is told to come back when the server stops', async () => {
    const carol = await bench.phone('1003');
    const alice = await bench.phone('1001');
    const disabled = watch(carol, 'dialog', '1002');
    const staying = watch(alice, 'dialog', '1002');
    await until('both lamps', () => disabled.bodies.length > 0 && staying.bodies.length > 0);
    const userId = bench.organisation.users.get('1003')?.userId;
    if (userId === undefined) throw new Error('No user');
    bench.bus.publish('user.disabled', { organisationId: bench.organisation.organisationId, userId });
    await until('the end', () => disabled.ends[0]);
    expect(disabled.ends).toEqual(['terminated rejected']);
    expect(staying.ends).toEqual([]);
    await bench.running.close();
    await until('the farewell', () => staying.ends[0]);
    expect(staying.ends[0]).toBe('terminated deactivated');
    // A new process, and the lamp is back by itself.
    bench.running = await bench.start();
    const before = staying.bodies.length;
    await until('the lamp again', () => staying.bodies.length > before);
  });
});

it('a lamp of somebody who is taken away ends: there is nothing to see any more', async () => {
  const { organisationId, users } = bench.organisation;
  const userId = users.get('1002')?.userId ?? expect.fail('No user');
  const { bodies, ends } = watch(await bench.phone('1003'), 'dialog', '1002');
  await until('the first document', () => bodies.length > 0);
  await bench.database.database.forOrganisation(organisationId, (tx) => tx.user.delete({ where: { id: userId } }));
  bench.bus.publish('directory.changed', { organisationId });
  await until('the end', () => ends[0]);
  // RFC 6665 §4.1.3: trying again is of no use.
  expect(ends).toEqual(['terminated noresource']);
});

describe('presence (RFC 3856)', () => {
  const presences: Presence[] = [];
  function product(): void {
    presences.length = 0;
    const userId = bench.organisation.users.get('1002')?.userId;
    if (userId !== undefined) presences.push({ userId, state: 'available', since: '2026-01-01T00:00:00.000Z' });
    bench.bus.handle('presence.list', () => ({ ok: true, presences }));
  }

  function publish(phone: Phone, user: string, note: string): { publication: Publication; events: string[] } {
    const own = phone.address.slice(4, 8);
    const events: string[] = [];
    const tuple = { id: 't', open: true, contact: undefined, note, since: undefined };
    const publication = phone.userAgent
      .publish({
        target: `sip:${user}@${bench.organisation.domain}`,
        route: [`sip:127.0.0.1:${PORT};lr`],
        from: phone.address,
        event: 'presence',
        contentType: PIDF_TYPE,
        body: buildPidf({ entity: phone.address, tuples: [tuple], activities: ['meeting'], note: undefined }),
        credentials: { username: own, password: `pw-${own}` },
      })
      .on('published', () => events.push('published'))
      .on('failed', ({ status }) => events.push(`failed ${status}`));
    return { publication, events };
  }

  it('is what the product knows, and changes with it', async () => {
    product();
    const carol = await bench.phone('1003');
    const { bodies } = watch(carol, 'presence', '1002');
    const first = await until('the state', () => readPidf(bodies[0] ?? ''));
    expect(first).toMatchObject({ tuples: [{ open: true }], activities: [] });
    const [presence] = presences;
    if (presence === undefined) throw new Error('No presence');
    const { organisationId } = bench.organisation;
    bench.bus.publish('presence.changed', { organisationId, presence: { ...presence, state: 'in-a-call' } });
    // Presence is not hurried: one NOTIFY in five seconds (RFC 3856 §6.10).
    const next = await until('the change', () => bodies[1] !== undefined && readPidf(bodies[1])).catch(() =>
      until('the change', () => bodies[1] !== undefined && readPidf(bodies[1])),
    );
    expect(next).toMatchObject({ activities: ['on-the-phone'] });
  }, 20_000);

  it('takes what a user’s own phone publishes, and of nobody else', async () => {
    product();
    const bob = await bench.phone('1002');
    const mine = publish(bob, '1002', 'In room 3');
    const others = publish(bob, '1003', 'Not me');
    await until('two answers', () => mine.events.length > 0 && others.events.length > 0);
    expect([mine.events, others.events]).toEqual([['published'], ['failed 403']]);
    const carol = await bench.phone('1003');
    const { bodies } = watch(carol, 'presence', '1002');
    const state = await until('the state', () => readPidf(bodies[0] ?? ''));
    expect(state).toMatchObject({ tuples: [{ open: true }, { note: 'In room 3' }], activities: ['meeting'] });
    await mine.publication.close();
  });
});
