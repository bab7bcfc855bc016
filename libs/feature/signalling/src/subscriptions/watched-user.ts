import { parseUri } from '@carillon/sip-message';
import { normaliseNumber } from '../routing/route-call.js';
import type { Directory, DirectoryUser } from '../routing/directory.js';

/** The user that a Request-URI names by extension or by one of their SIP accounts; only within this organisation. */
export function watchedUser(directory: Directory, uriText: string): DirectoryUser | undefined {
  const user = userPart(uriText);
  if (user === undefined) return undefined;
  const target = directory.numbers.get(normaliseNumber(user));
  const userId = target?.kind === 'user' ? target.userId : directory.devices.get(user)?.userId;
  const found = userId === undefined ? undefined : directory.users.get(userId);
  return found?.disabled === false ? found : undefined;
}

/** User part of a SIP URI. */
export function userPart(uriText: string): string | undefined {
  const uri = parseUri(uriText);
  return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
}
