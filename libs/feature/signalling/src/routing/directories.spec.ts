import type { Database } from '@carillon/database';
import { newId, OrganisationId } from '@carillon/domain';
import { silentLogger, SystemClock } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { Directories } from './directories.js';
import type { Directory } from './directory.js';

const organisationId = newId(OrganisationId);
const saying = (sipDomain: string) => ({ organisationId, sipDomain }) as Directory;

/** Each reading is answered when it is told to be, in whatever order. */
function slowDirectories() {
  const answers: ((directory: unknown) => void)[] = [];
  const database: Pick<Database, 'forOrganisation' | 'asSystem'> = {
    asSystem: () => Promise.reject(new Error('Not asked here')),
    forOrganisation: () => new Promise<never>((settle) => answers.push(settle as (directory: unknown) => void)),
  };
  return { directories: new Directories(database, new SystemClock(), silentLogger()), answers };
}

it('what was read before a change and comes after it is not acted on', async () => {
  const { directories, answers } = slowDirectories();
  const first = directories.of(organisationId);
  directories.invalidate(organisationId);
  const second = directories.of(organisationId);
  answers[1]?.(saying('after.example'));
  expect((await second)?.sipDomain).toBe('after.example');
  answers[0]?.(saying('before.example'));
  expect((await first)?.sipDomain).toBe('after.example');
  expect(directories.current(organisationId)?.sipDomain).toBe('after.example');
});

it('what was changed while it was read is read again by the next who asks', async () => {
  const { directories, answers } = slowDirectories();
  const first = directories.of(organisationId);
  directories.invalidate(organisationId);
  answers[0]?.(saying('before.example'));
  expect((await first)?.sipDomain).toBe('before.example');
  expect(directories.current(organisationId)).toBeUndefined();
  const second = directories.of(organisationId);
  answers[1]?.(saying('after.example'));
  expect((await second)?.sipDomain).toBe('after.example');
});

it('what was read is told before anybody acts on it, and what was changed meanwhile is not told', async () => {
  const { directories, answers } = slowDirectories();
  const order: string[] = [];
  const stop = directories.onRead(({ sipDomain }) => order.push(`told ${sipDomain}`));
  const asked = [directories.of(organisationId)];
  directories.invalidate(organisationId);
  asked.push(directories.of(organisationId));
  const acting = asked.map(async (one) => order.push(`acts on ${(await one)?.sipDomain}`));
  answers[0]?.(saying('before.example'));
  answers[1]?.(saying('after.example'));
  await Promise.all(acting);
  expect(order).toEqual(['told after.example', 'acts on after.example', 'acts on after.example']);
  stop();
  directories.invalidate(organisationId);
  const again = directories.of(organisationId);
  answers[2]?.(saying('later.example'));
  await again;
  expect(order).toHaveLength(3);
});

it('a reader that fails keeps nobody from the directory, nor other readers from hearing of it', async () => {
  const { directories, answers } = slowDirectories();
  const told: string[] = [];
  directories.onRead(() => {
    throw new Error('Cannot register');
  });
  directories.onRead(({ sipDomain }) => told.push(sipDomain));
  const asked = directories.of(organisationId);
  answers[0]?.(saying('demo.example'));
  expect((await asked)?.sipDomain).toBe('demo.example');
  expect([directories.current(organisationId)?.sipDomain, told]).toEqual(['demo.example', ['demo.example']]);
});
