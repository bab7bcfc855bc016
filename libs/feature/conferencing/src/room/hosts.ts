import type { Participant } from '@carillon/contracts';

type Present = Pick<Participant, 'identity' | 'endpoint' | 'role' | 'state' | 'joinedAt'>;

const isHostInside = (one: Present): boolean => one.role === 'host' && one.state === 'entered';

/**
 * The role of someone who comes in: admins and the room's owner are hosts, and so is a staff member who finds none.
 * A phone has no buttons to let people in, so a host on a phone does not keep a browser from becoming one too.
 */
export function roleOnEntry(
  newcomer: { identity: Present['identity']; endpoint: Present['endpoint']; privileged: boolean },
  present: readonly Present[],
): Participant['role'] {
  if (newcomer.identity !== 'user') return 'member';
  if (newcomer.privileged) return 'host';
  const hosts = present.filter(isHostInside);
  const served =
    newcomer.endpoint === 'browser' ? hosts.some(({ endpoint }) => endpoint === 'browser') : hosts.length > 0;
  return served ? 'member' : 'host';
}

/** Who becomes host when the last one has left: the staff member who is in longest, in a browser if there is one. */
export function pickSuccessor<One extends Present>(present: readonly One[]): One | undefined {
  if (present.some(isHostInside)) return undefined;
  const staff = present
    .filter(({ identity, state }) => identity === 'user' && state === 'entered')
    .sort((a, b) => a.joinedAt.localeCompare(b.joinedAt));
  return staff.find(({ endpoint }) => endpoint === 'browser') ?? staff[0];
}
