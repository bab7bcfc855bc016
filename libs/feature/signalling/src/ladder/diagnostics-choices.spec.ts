import type { Database } from '@carillon/database';
import { newId, OrganisationId } from '@carillon/domain';
import { silentLogger } from '@carillon/service-runtime';
import { expect, it } from 'vitest';
import { DiagnosticsChoices } from './diagnostics-choices.js';

const organisationId = newId(OrganisationId);
const rowWith = (keepDays: number) => ({
  id: organisationId,
  sipDomain: 'example.org',
  settings: { ladder: { on: true, keepDays, maxMegabytes: 100 } },
});

/** A database whose answers come when they are told to. */
function slowDatabase() {
  const answers: ((row: unknown) => void)[] = [];
  const database: Pick<Database, 'asSystem' | 'forOrganisation'> = {
    asSystem: () => Promise.reject(new Error('Not asked here')),
    forOrganisation: () => new Promise<never>((settle) => answers.push(settle as (row: unknown) => void)),
  };
  return { database, answers };
}

it('of two changes in a row the last one holds, however long the first takes to be read', async () => {
  const { database, answers } = slowDatabase();
  const told: number[] = [];
  const choices = new DiagnosticsChoices(database, silentLogger(), ({ settings }) =>
    told.push(settings.ladder.keepDays),
  );
  const both = [choices.reload(organisationId), choices.reload(organisationId)];
  await Promise.resolve();
  // What is read for the second is read once the first is there.
  expect(answers).toHaveLength(1);
  answers[0]?.(rowWith(10));
  await both[0];
  answers[1]?.(rowWith(20));
  await both[1];
  expect(told).toEqual([10, 20]);
  expect(choices.of(organisationId).ladder.keepDays).toBe(20);
});
