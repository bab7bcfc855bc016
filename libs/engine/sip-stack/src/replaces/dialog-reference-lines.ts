import { buildJoin, buildReplaces } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { InviteOptions } from '../api/outgoing-invite.js';

/** Replaces or Join of an INVITE; required, so that a target that does not know them rings nobody (RFC 3891 §6.2). */
export function dialogReferenceLines({ replaces, join }: Pick<InviteOptions, 'replaces' | 'join'>): HeaderLine[] {
  const lines: HeaderLine[] = [];
  if (replaces !== undefined) lines.push(['Replaces', buildReplaces(replaces)], ['Require', 'replaces']);
  if (join !== undefined) lines.push(['Join', buildJoin(join)], ['Require', 'join']);
  return lines;
}
