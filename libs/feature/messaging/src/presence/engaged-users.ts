import type { LiveCall } from '@carillon/contracts';

const NOBODY: ReadonlySet<string> = new Set();

/** The users who are talking in a call: their own leg is answered and so is the call. */
export function engagedUsers(call: LiveCall): ReadonlySet<string> {
  if (call.state !== 'answered') return NOBODY;
  const talking = call.legs.filter((leg) => leg.state === 'answered').map((leg) => leg.userId);
  return new Set(talking.filter((userId) => userId !== null));
}
