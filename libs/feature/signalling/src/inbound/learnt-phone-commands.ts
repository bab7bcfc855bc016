import type { LearntPhone } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import { askOthers } from '../processes/ask-others.js';
import { ownerIdOf, type Place } from '../processes/place.js';
import type { GivenUpChallenges } from './given-up-challenges.js';

/** Shown at most; a phone behind a router that changes its port is learnt of many times. */
const MOST = 1_000;

export interface LearntPhoneParts {
  readonly bus: Bus;
  readonly place: Place;
  readonly givenUp: Pick<GivenUpChallenges, 'list' | 'forget'>;
}

/** What was learnt of phones, over all processes of signalling, and how it is forgotten. @returns stops handling */
export function handleLearntPhoneCommands(parts: LearntPhoneParts): () => void {
  const { bus, place, givenUp } = parts;
  const here = { ownerId: ownerIdOf(place.own) };
  const stops = [
    bus.handle('signalling.learnt-phones', (of) => ({ ok: true, phones: givenUp.list(of.organisationId) }), here),
    bus.handle(
      'signalling.forget-phone',
      (device) => {
        givenUp.forget(device);
        return { ok: true };
      },
      here,
    ),
    bus.handle('learnt-phone.list', async ({ organisationId }) => {
      const phones = givenUp.list(organisationId);
      for (const answer of await askOthers(parts, 'signalling.learnt-phones', { organisationId }))
        if (answer.ok) phones.push(...answer.phones);
      return { ok: true, phones: latestOfEach(phones) };
    }),
    bus.handle('learnt-phone.forget', async (device) => {
      givenUp.forget(device);
      await askOthers(parts, 'signalling.forget-phone', device);
      return { ok: true };
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** One for each device at each address with each User-Agent, the latest first. */
function latestOfEach(phones: readonly LearntPhone[]): LearntPhone[] {
  const latest = new Map<string, LearntPhone>();
  for (const phone of phones.toSorted((a, b) => (a.until < b.until ? 1 : a.until > b.until ? -1 : 0))) {
    const key = JSON.stringify([phone.deviceId, phone.address, phone.userAgent]);
    if (!latest.has(key)) latest.set(key, phone);
  }
  return [...latest.values()].slice(0, MOST);
}
