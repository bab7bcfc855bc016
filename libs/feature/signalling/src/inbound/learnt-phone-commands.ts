import type { LearntPhone } from '@carillon/contracts';
import { profileOf, type OrganisationId } from '@carillon/domain';
import type { Bus } from '@carillon/event-bus';
import { askOthers } from '../processes/ask-others.js';
import { ownerIdOf, type Place } from '../processes/place.js';
import type { Directory } from '../routing/directory.js';
import type { GivenUpChallenges } from './given-up-challenges.js';

/** Shown at most; a phone behind a router that changes its port is learnt of many times. */
const MOST = 1_000;

export interface LearntPhoneParts {
  readonly bus: Bus;
  readonly place: Place;
  readonly directories: {
    readonly of: (organisationId: OrganisationId) => Promise<Pick<Directory, 'digest' | 'deviceProfiles'> | undefined>;
  };
  readonly givenUp: Pick<GivenUpChallenges, 'list' | 'forget'>;
}

/** What was learnt of phones, over all processes of signalling, and how it is forgotten. @returns stops handling */
export function handleLearntPhoneCommands(parts: LearntPhoneParts): () => void {
  const { bus, place, directories, givenUp } = parts;
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
      const directory = await directories.of(organisationId);
      const used = directory === undefined ? [] : phones.filter((phone) => isUsed(directory, phone));
      return { ok: true, phones: latestOfEach(used) };
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

/** What was learnt comes after what is decided since. Of WebSockets, whose profile asks by MD5 alone, nothing is learnt. */
function isUsed(
  { digest, deviceProfiles }: Pick<Directory, 'digest' | 'deviceProfiles'>,
  { userAgent }: LearntPhone,
): boolean {
  const { quirks } = profileOf({ userAgent, protocol: 'udp' }, deviceProfiles);
  return digest !== 'sha256-only' && quirks.digest === 'md5-first';
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
