import type { DialogId } from '../api/invite-session.js';

/**
 * A dialog of ours as its other side sees it: what Replaces or Join must say to that side (RFC 3891 §3: to-tag is the receiver's
 * own tag). For an attended transfer, name the consultation call so in Refer-To.
 */
export function dialogOfPeer({ id }: { readonly id: DialogId }): { callId: string; toTag: string; fromTag: string } {
  // A peer of RFC 2543 has no tag, which is written 0 (RFC 3891 §6.1).
  return { callId: id.callId, toTag: id.remoteTag === '' ? '0' : id.remoteTag, fromTag: id.localTag };
}
