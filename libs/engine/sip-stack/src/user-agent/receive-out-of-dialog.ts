import { usableTarget } from '../dialog/dialog.js';
import type { Dialog } from '../dialog/dialog.js';
import type { SipRequest } from '@carillon/sip-message';
import type { UserAgentEvents } from '../api/user-agent.js';
import { receiveSubscribe } from '../subscription/receive-subscribe.js';
import { receiveReferOutOfDialog } from '../refer/receive-refer-out-of-dialog.js';
import { matchDialogs } from '../replaces/match-dialog.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { tooBrief } from '../session/session-timer.js';
import { capabilityAnswer } from './capability-answer.js';
import type { Core } from './core.js';

import { InviteServer } from './invite-server.js';
import { EVENT_OF_METHOD, KNOWN_METHODS } from './methods.js';
import { ReceivedRequest } from './received-request.js';

export type Handlers = Partial<UserAgentEvents>;

/**
 * Hands a request outside any dialog to its handler, or gives the answer that RFC 3261 wants without one: that is the same
 * each time, and nothing is remembered of it (§8.2.7).
 */
export function receiveOutOfDialog(core: Core, handlers: Handlers, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (request.method !== 'INVITE' && (request.has('Replaces') || request.has('Join'))) {
    // RFC 3891 §3, RFC 3911 §4: they belong to INVITE alone.
    new ReceivedRequest(core, transaction).reply(400, { reason: 'Replaces or Join outside INVITE', once: true });
    return;
  }
  switch (request.method) {
    case 'INVITE':
      receiveInvite(core, handlers, transaction);
      return;
    case 'SUBSCRIBE':
      receiveSubscribeIn(core, handlers, transaction);
      return;
    case 'REFER':
      if (handlers.refer === undefined) break;
      receiveRefer(core, handlers, transaction);
      return;
    case 'BYE':
    case 'UPDATE':
    case 'PRACK':
      // These live in dialogs only (§12.2.2).
      transaction.respondOnce(481, {});
      return;
    default: {
      const event = eventOf(request.method);
      const handler = event === undefined ? undefined : handlers[event];
      if (handler !== undefined) {
        const received = new ReceivedRequest(core, transaction);
        guarded(core, transaction, () => handler(received));
        return;
      }
    }
  }
  unhandled(core, handlers, transaction);
}

/** RFC 3261 §8.1.1.8: without a SIP or SIPS URI in Contact there is no dialog, and whoever is in From never asked. */
function hasUsableContact(core: Core, transaction: ServerTransaction): boolean {
  if (usableTarget(transaction.request) !== undefined) return true;
  const missing = transaction.request.contactUri === undefined;
  new ReceivedRequest(core, transaction).reply(400, {
    reason: missing ? 'Missing Contact' : 'Contact is no SIP URI',
    once: true,
  });
  return false;
}

function receiveRefer(core: Core, handlers: Handlers, transaction: ServerTransaction): void {
  if (!hasUsableContact(core, transaction)) return;
  const refer = receiveReferOutOfDialog(core, transaction);
  if (refer !== undefined) guarded(core, transaction, () => handlers.refer?.(refer));
}

/** @param shared the dialog that the SUBSCRIBE came in, which the subscription will share (RFC 6665 §4.5.2) */
export function receiveSubscribeIn(
  core: Core,
  handlers: Handlers,
  transaction: ServerTransaction,
  shared?: Dialog,
): void {
  if (handlers.subscribe === undefined) {
    unhandled(core, handlers, transaction);
    return;
  }
  // In a dialog the target is known; a new one needs it (RFC 6665 §4.4.1).
  if (shared === undefined && !hasUsableContact(core, transaction)) return;
  if (shared?.admitSequence(transaction.request) === false) {
    transaction.respond(500, { reason: 'CSeq out of order' });
    return;
  }
  const subscribe = receiveSubscribe(core, transaction, shared);
  if (subscribe !== undefined) guarded(core, transaction, () => handlers.subscribe?.(subscribe));
}

function receiveInvite(core: Core, handlers: Handlers, transaction: ServerTransaction): void {
  if (handlers.invite === undefined) {
    unhandled(core, handlers, transaction);
    return;
  }
  const { request } = transaction;
  if (!hasUsableContact(core, transaction)) return;
  if (core.reliableProvisional === 'required' && !knowsReliable(request)) {
    new ReceivedRequest(core, transaction).reply(421, { headers: { Require: '100rel' }, once: true });
    return;
  }
  const minimum = tooBrief(request, core.sessionTimer);
  if (minimum !== undefined) {
    new ReceivedRequest(core, transaction).reply(422, { headers: { 'Min-SE': String(minimum) }, once: true });
    return;
  }
  if (core.dialogs.count >= core.limits.maxDialogs) {
    new ReceivedRequest(core, transaction).reply(503, { headers: { 'Retry-After': '5' }, once: true });
    return;
  }
  const matched = matchDialogs(core, transaction.request);
  if (!matched.ok) {
    new ReceivedRequest(core, transaction).reply(matched.status, {
      once: true,
      ...(matched.reason === undefined ? {} : { reason: matched.reason }),
    });
    return;
  }
  const invite = new InviteServer(core, transaction, matched);
  guarded(
    core,
    transaction,
    () => handlers.invite?.(invite),
    (status) => invite.reject(status),
  );
  invite.stay();
}

/** RFC 3262 §4: in Supported or Require. */
function knowsReliable(request: SipRequest): boolean {
  return request.lists('Supported', '100rel') || request.lists('Require', '100rel');
}

function unhandled(core: Core, handlers: Handlers, transaction: ServerTransaction): void {
  const received = new ReceivedRequest(core, transaction);
  const { method } = transaction.request;
  if (handlers.request !== undefined) {
    guarded(core, transaction, () => handlers.request?.(received));
  } else if (method === 'OPTIONS') transaction.respondOnce(200, { headers: capabilityAnswer(core.capabilities) });
  else if (method === 'NOTIFY') received.reply(481, { once: true });
  else {
    const headers = { Allow: core.capabilities.allow };
    received.reply(KNOWN_METHODS.has(method) ? 405 : 501, { headers, once: true });
  }
}

function eventOf(method: string): (typeof EVENT_OF_METHOD)[keyof typeof EVENT_OF_METHOD] | undefined {
  return method in EVENT_OF_METHOD ? EVENT_OF_METHOD[method as keyof typeof EVENT_OF_METHOD] : undefined;
}

/** A handler that throws or rejects costs its own request a 500, nothing else. */
function guarded(
  core: Core,
  transaction: ServerTransaction,
  run: () => void | Promise<void>,
  refuse?: (status: number) => void,
): void {
  const failed = (error: unknown): void => {
    const { method, callId } = transaction.request;
    core.logger.error(
      { method, callId, error: error instanceof Error ? error.stack : String(error) },
      'Handler failed',
    );
    if (transaction.answered) return;
    if (refuse === undefined) transaction.respond(500);
    else refuse(500);
  };
  try {
    const result = run();
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}
