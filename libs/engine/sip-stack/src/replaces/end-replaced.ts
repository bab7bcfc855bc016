import type { ReplacedDialog } from '../api/incoming-invite.js';
import { endAsReplaced } from '../session/end-session.js';
import { Session } from '../session/session.js';

/** Shuts the replaced dialog down once the new call is accepted (RFC 3891 §3): BYE, or CANCEL while our call to it rings. */
export function endReplaced({ session }: ReplacedDialog): void {
  if (session instanceof Session) void endAsReplaced(session);
}
