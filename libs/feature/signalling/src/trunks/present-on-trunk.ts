import type { Presented } from '../call/identity/present-party.js';
import type { Trunk } from './trunk.js';

/** Extensions mean nothing outside: there the number is shown that leads to the user, or the main number. */
export function presentOnTrunk(presented: Presented, trunk: Trunk): Presented {
  const { party } = presented;
  const direct =
    trunk.callerIdentity === 'user' ? trunk.inbound.find(({ extension }) => extension === party.number) : undefined;
  const number = direct?.number ?? (trunk.callerNumber || (trunk.credentials?.username ?? ''));
  return number === '' ? presented : { ...presented, party: { ...party, number } };
}
