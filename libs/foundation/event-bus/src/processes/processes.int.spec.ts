import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TypedBus } from '../typed-bus.js';
import { HubTransport } from './hub-transport.js';
import { processLink } from './process-link.js';

const CHILD = fileURLToPath(new URL('./bus-child.fixture.ts', import.meta.url));
const organisationId = crypto.randomUUID();
const mailbox = { organisationId, mailboxId: organisationId };

let hub: HubTransport;
let bus: TypedBus;
let children: ChildProcess[];

async function start(name: string): Promise<ChildProcess> {
  const child = fork(CHILD, [name], { execArgv: process.execArgv, serialization: 'advanced' });
  hub.attach(processLink(child));
  await new Promise<void>((settle) => {
    child.on('message', (message) => {
      if (message === 'ready') settle();
    });
  });
  // What it responds to comes behind its 'ready'.
  await expect.poll(() => bus.call('mailbox.counts', mailbox, { ownerId: name }).catch(() => undefined)).toBeDefined();
  return child;
}

beforeEach(async () => {
  hub = new HubTransport(silentLogger());
  bus = new TypedBus(hub, silentLogger());
  children = await Promise.all([start('1'), start('2')]);
});
afterEach(async () => {
  await bus.close();
  for (const child of children) child.kill('SIGKILL');
});

it('lets processes take turns, and addresses the one that owns something', async () => {
  const pids = [];
  for (let i = 0; i < 4; i++) {
    const answer = await bus.call('mailbox.counts', mailbox);
    pids.push(answer.ok ? answer.newCount : 0);
  }
  expect(new Set(pids)).toEqual(new Set(children.map(({ pid }) => pid)));
  for (const ownerId of ['1', '2'])
    expect(await bus.call('mailbox.counts', mailbox, { ownerId })).toMatchObject({ newCount: Number(ownerId) });
  await expect(bus.call('mailbox.counts', mailbox, { ownerId: '3' })).rejects.toMatchObject({ code: 'BUS.NO_HANDLER' });
});

it('tells every process an event once and in order, also from one to the other', async () => {
  const heard: string[] = [];
  bus.subscribe('directory.changed', (event) => void heard.push(event.organisationId));
  for (let i = 0; i < 100; i++) bus.publish('directory.changed', { organisationId });
  await bus.call('presence.list', { organisationId });
  await expect.poll(() => heard.length).toBe(101);
  for (const ownerId of ['1', '2'])
    await expect
      .poll(async () => bus.call('mailbox.counts', mailbox, { ownerId }))
      .toMatchObject({ ok: true, oldCount: 101 });
});

it('tells who waits when the process that was asked dies, and goes on with the others', async () => {
  const waiting = bus.call('call.list', { organisationId }, { ownerId: '1' });
  setTimeout(() => children[0]?.kill('SIGKILL'), 50);
  await expect(waiting).rejects.toMatchObject({ code: 'BUS.LOST' });
  await expect(bus.call('call.list', { organisationId }, { ownerId: '1' })).rejects.toMatchObject({
    code: 'BUS.NO_HANDLER',
  });
  for (let i = 0; i < 2; i++)
    expect(await bus.call('mailbox.counts', mailbox)).toMatchObject({ newCount: children[1]?.pid });
});
