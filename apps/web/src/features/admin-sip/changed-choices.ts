import type { SaveSipChoices, SipChoices } from '@carillon/contracts';

/** Only what is different is sent: what another admin changed meanwhile stays. */
export function changedChoices(before: SipChoices, after: SipChoices): SaveSipChoices {
  const names = Object.keys(after) as (keyof SipChoices)[];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, after[name]]),
  );
}
