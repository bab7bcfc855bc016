import type { Party } from '@carillon/contracts';
import type { Directory, DirectoryDevice, DirectoryUser } from '../routing/directory.js';

/** Who really sent a request: known by credentials, never by what the phone writes into From. */
export interface Caller {
  readonly directory: Directory;
  readonly device: DirectoryDevice;
  readonly user: DirectoryUser;
}

/** How others see this caller. */
export function partyOf(user: DirectoryUser): Party {
  return { number: user.extension ?? '', name: user.displayName, userId: user.userId };
}
