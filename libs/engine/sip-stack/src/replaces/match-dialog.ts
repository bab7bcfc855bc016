import { parseJoin, parseReplaces } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { ReplacedDialog } from '../api/incoming-invite.js';
import type { InviteSession } from '../api/invite-session.js';
import type { Core } from '../user-agent/core.js';
import { Session } from '../session/session.js';

/** What an INVITE wants to take over or join, or the answer that refuses it. */
export type MatchedDialogs =
  | { readonly ok: true; readonly replaces: ReplacedDialog | undefined; readonly joins: InviteSession | undefined }
  | { readonly ok: false; readonly status: number; readonly reason?: string };

const NEITHER: MatchedDialogs = { ok: true, replaces: undefined, joins: undefined };

/** RFC 3891 §3 and RFC 3911 §4. Whether the caller may is for the handler to decide. */
export function matchDialogs(core: Core, request: SipRequest): MatchedDialogs {
  if (!request.has('Replaces') && !request.has('Join')) return NEITHER;
  const replaces = request.values('Replaces');
  const joins = request.values('Join');
  if (replaces.length === 0 && joins.length === 0) return NEITHER;
  // Several of one, or both at once, contradict each other.
  if (replaces.length + joins.length > 1)
    return { ok: false, status: 400, reason: 'Several dialogs to replace or join' };
  return replaces[0] === undefined ? matchJoin(core, joins[0] ?? '') : matchReplaces(core, replaces[0]);
}

function matchReplaces(core: Core, text: string): MatchedDialogs {
  const header = parseReplaces(text);
  if (header === undefined) return { ok: false, status: 400, reason: 'Bad Replaces' };
  const found = find(core, header);
  if (!(found instanceof Session)) return found;
  // Only an early dialog of a call of ours can be taken over: nobody has answered one that rings here (§3).
  if (found.state === 'early' && found.role === 'callee') return { ok: false, status: 481 };
  if (header.earlyOnly && found.state !== 'early') return { ok: false, status: 486 };
  return { ok: true, replaces: { session: found, earlyOnly: header.earlyOnly }, joins: undefined };
}

function matchJoin(core: Core, text: string): MatchedDialogs {
  const header = parseJoin(text);
  if (header === undefined) return { ok: false, status: 400, reason: 'Bad Join' };
  const found = find(core, header);
  if (!(found instanceof Session)) return found;
  if (found.state === 'early' && found.role === 'callee') return { ok: false, status: 481 };
  return { ok: true, replaces: undefined, joins: found };
}

function find(
  core: Core,
  header: { callId: string; toTag: string; fromTag: string },
): Session | Exclude<MatchedDialogs, { ok: true }> {
  // Tag 0 stands for none as well: the peers of RFC 2543 have none (RFC 3891 §6.1).
  const remoteTags = header.fromTag === '0' ? ['0', ''] : [header.fromTag];
  for (const remoteTag of remoteTags) {
    const id = { callId: header.callId, localTag: header.toTag, remoteTag };
    const usage = core.dialogs.find(id.callId, id.localTag, remoteTag);
    const over = usage instanceof Session ? usage.state === 'ended' : usage === undefined && core.endedDialogs.has(id);
    if (over) return { ok: false, status: 603 };
    if (usage instanceof Session) return usage;
  }
  return { ok: false, status: 481 };
}
