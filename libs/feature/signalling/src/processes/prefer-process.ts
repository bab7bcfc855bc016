import { parseUri, type SipRequest } from '@carillon/sip-message';
import type { UserId } from '@carillon/domain';
import type { Calls } from '../call/calls.js';
import { normaliseNumber } from '../routing/route-call.js';
import type { Directory } from '../routing/directory.js';
import type { Directories } from '../routing/directories.js';
import type { Place } from './place.js';
import type { SharedCalls } from './shared-calls.js';

export interface PreferParts {
  readonly directories: Pick<Directories, 'known'>;
  readonly defaultDomain: string;
  readonly calls: Pick<Calls, 'legsOfUser'>;
  readonly shared: Pick<SharedCalls, 'ofUser'>;
  readonly place: Place;
}

/**
 * Where a new call should be: with the calls that its caller has, else with those of who is called. Then somebody's calls
 * are together, and can become one (attended transfer). From is believed: whoever forges it chooses a process and no more.
 * @returns undefined to leave it where it came
 */
export function preferProcess(parts: PreferParts, request: SipRequest): number | undefined {
  const { directories, defaultDomain, calls, shared, place } = parts;
  const from = sipUser(request.from?.uri);
  if (from === undefined) return undefined;
  const directory = directories.known(from.host) ?? directories.known(defaultDomain);
  if (directory === undefined) return undefined;
  const called = sipUser(request.uriText);
  for (const userId of [userOf(directory, from.user), called && userOf(directory, called.user)]) {
    if (userId === undefined) continue;
    if (calls.legsOfUser(userId).length > 0) return undefined;
    const newest = shared.ofUser(userId).at(-1);
    if (newest !== undefined) return place.processOf(newest.callId);
  }
  return undefined;
}

/** By the name of a device, or by the user's own number. */
function userOf({ devices, numbers }: Directory, name: string): UserId | undefined {
  const device = devices.get(name);
  if (device !== undefined) return device.userId;
  const target = numbers.get(normaliseNumber(name));
  return target?.kind === 'user' ? target.userId : undefined;
}

function sipUser(text: string | undefined): { user: string; host: string } | undefined {
  const uri = text === undefined ? undefined : parseUri(text);
  if ((uri?.scheme !== 'sip' && uri?.scheme !== 'sips') || uri.user === undefined) return undefined;
  return { user: uri.user, host: uri.host.toLowerCase() };
}
