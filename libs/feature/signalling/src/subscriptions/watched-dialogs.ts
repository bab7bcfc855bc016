import type { LegFacts, LiveCall, LiveLeg, Party } from '@carillon/contracts';
import type { UserId } from '@carillon/domain';
import { sipUri, type EventHeader } from '@carillon/sip-message';
import type { DialogId } from '@carillon/sip-stack';
import type { Leg } from '../call/leg.js';
import type { DialogParty, WatchedDialog } from './dialog-info.js';

/** RFC 3323 §4.1.1.3 */
const ANONYMOUS: DialogParty = { uri: 'sip:anonymous@anonymous.invalid', name: null };

/** What is known of a leg beside what everyone sees. */
export type FactsOf = (call: LiveCall, leg: LiveLeg) => Pick<LegFacts, 'dialog' | 'hidden'> | undefined;

/** The dialog, or those of one INVITE, that a subscription is for alone (RFC 4235 §3.2). */
export interface OnlyDialog {
  readonly callId: string;
  readonly localTag: string | null;
  readonly remoteTag: string | null;
}

/** @returns undefined where all dialogs are asked for */
export function readOnlyDialog({ parameters }: EventHeader): OnlyDialog | undefined {
  const callId = parameters.get('call-id');
  if (callId === undefined) return undefined;
  return { callId, localTag: parameters.get('to-tag') ?? null, remoteTag: parameters.get('from-tag') ?? null };
}

export function isAskedFor({ dialog }: WatchedDialog, only: OnlyDialog | undefined): boolean {
  if (only === undefined) return true;
  if (dialog?.callId !== only.callId || dialog.localTag !== (only.localTag ?? dialog.localTag)) return false;
  return dialog.remoteTag === (only.remoteTag ?? dialog.remoteTag);
}

/** The dialogs of a user as RFC 4235 counts them: one for each live leg. */
export function watchedDialogs(
  userId: UserId,
  calls: readonly LiveCall[],
  of: { domain: string; factsOf: FactsOf },
): WatchedDialog[] {
  return calls.flatMap((call) =>
    call.legs
      .filter((leg) => leg.userId === userId && leg.state !== 'ended')
      .map((leg) => watchedDialog(call, leg, of)),
  );
}

function watchedDialog(
  call: LiveCall,
  leg: LiveLeg,
  { domain, factsOf }: { domain: string; factsOf: FactsOf },
): WatchedDialog {
  const calling = leg.role === 'caller';
  return {
    id: leg.legId,
    state: stateOf(leg),
    direction: calling ? 'initiator' : 'recipient',
    dialog: factsOf(call, leg)?.dialog ?? undefined,
    local: partyUri({ number: leg.number, name: null }, domain),
    remote: calling ? partyUri(call.to, domain) : callerOf(call, factsOf, domain),
  };
}

/** A caller who wants to be anonymous is so to watchers too. */
function callerOf(call: LiveCall, factsOf: FactsOf, domain: string): DialogParty {
  const caller = call.legs.find(({ role }) => role === 'caller');
  return caller !== undefined && factsOf(call, caller)?.hidden === true ? ANONYMOUS : partyUri(call.from, domain);
}

function partyUri({ number, name }: Pick<Party, 'number' | 'name'>, host: string): DialogParty {
  return number === '' ? ANONYMOUS : { uri: sipUri({ user: number, host }), name };
}

/** RFC 4235 §3.7.1: a caller has begun to wait at once, a phone that was asked rings only with its 180. */
function stateOf({ state, role }: LiveLeg): WatchedDialog['state'] {
  switch (state) {
    case 'trying':
      return role === 'caller' ? 'proceeding' : 'trying';
    case 'ringing':
      return 'early';
    case 'answered':
      return 'confirmed';
    case 'ended':
      return 'terminated';
  }
}

/** The dialog of a leg, an early one too. */
export function dialogOf(leg: Leg): DialogId | undefined {
  if (leg.session !== undefined) return leg.session.id;
  if (leg.origin.kind === 'outgoing') return leg.origin.invite?.earlyDialogs[0]?.id;
  const { callId, localTag, remoteTag } = leg.origin.invite;
  return { callId, localTag, remoteTag };
}
