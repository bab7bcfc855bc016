import type { AuthorizedRequest } from '../authentication/authorized-request.js';
import type { InviteClient } from './invite-client.js';
import type { OutgoingIdentity } from './outgoing-draft.js';

/** What a call keeps when its INVITE is sent again. */
export interface InviteClientParts {
  readonly identity: OutgoingIdentity;
  readonly sequence: number;
  /** Credentials of this call, and the challenges that they answered. */
  readonly authorized: AuthorizedRequest;
  readonly begun: (invite: InviteClient) => void;
  readonly done: (invite: InviteClient) => void;
}
