import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { Dialog } from '../dialog/dialog.js';
import { failureEffect } from '../dialog/failure-effect.js';
import { whenBack } from '../dialog/when-back.js';
import type { FailureEffect } from '../dialog/failure-effect.js';
import { responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';
import type { SendingRequest } from '../user-agent/request-sender.js';

export interface InDialogRequest {
  readonly method: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
  /** User part of our Contact, in methods that have one. */
  readonly contactUser?: string | undefined;
  /** Realms that the dialog has answered, and credentials for new ones. */
  readonly spaces?: ProtectionSpaces | undefined;
  /** Says what we support, as every request of a session does (RFC 4028 §7.1). */
  readonly supported?: boolean;
  /** Number of the request, once it is chosen; an INVITE's ACK needs it. */
  readonly numbered?: (sequence: number, authorization: readonly HeaderLine[]) => void;
  /** False: fails at once where the peer's connection is gone and no other is there. */
  readonly waits?: boolean;
  /** True: something newer went in its place, and it does not go again where its connection breaks. */
  readonly isGivenUp?: () => boolean;
  /** Every sending, for CANCEL. */
  readonly began?: (sending: SendingRequest) => void;
  /** Every 1xx. */
  readonly progress?: (response: SipResponse) => void;
  /** A 2xx of an INVITE came again: its ACK was lost (RFC 3261 §13.2.2.4). */
  readonly repeated?: () => void;
}

/** Methods whose requests have no Contact (RFC 3261 table 2, RFC 3262 table 1, RFC 6086 §4.2.4, RFC 3428 §8). */
const WITHOUT_CONTACT: ReadonlySet<string> = new Set(['BYE', 'PRACK', 'INFO', 'MESSAGE']);

/** Sends one request of a dialog, again when it is challenged and credentials are at hand. */
export function sendInDialog(core: Core, dialog: Dialog, request: InDialogRequest): Promise<RequestOutcome> {
  const authorized = new AuthorizedRequest(request.spaces ?? new ProtectionSpaces(undefined, core));
  return sendOnce(core, dialog, { request, authorized, returns: MOST_RETURNS });
}

/** How often the peer's connection may break, and another one come, under one request. */
const MOST_RETURNS = 3;

interface Attempt {
  readonly request: InDialogRequest;
  readonly authorized: AuthorizedRequest;
  /** How often it may still go again. */
  readonly returns: number;
  /** Goes to the peer by its own name: its Contact and Route lead nowhere. */
  readonly byName?: string;
}

function sendOnce(core: Core, dialog: Dialog, attempt: Attempt): Promise<RequestOutcome> {
  const { request, authorized } = attempt;
  const { method } = request;
  const sequence = dialog.nextSequence();
  const { uri, nextHop } = dialog.routing;
  const authorization = authorized.sign({ method, uri, body: request.body });
  request.numbered?.(sequence, authorization);
  const draft: RequestDraft = {
    method,
    uri,
    headers: (flow) => {
      const lines = dialog.headers(method, sequence);
      if (!WITHOUT_CONTACT.has(method)) {
        lines.push(['Contact', dialog.contact(core.transport.contactUri(flow.protocol, request.contactUser, flow))]);
      }
      lines.push(...authorization, ...serverLines(core.capabilities, 'User-Agent'), ...(request.headers ?? []));
      if (request.supported === true && !hasSupported(request)) lines.push(['Supported', core.capabilities.supported]);
      if (request.body !== undefined) lines.push(['Content-Type', request.contentType ?? 'application/sdp']);
      return lines;
    },
    body: request.body,
  };
  const { byName } = attempt;
  const flow = byName === undefined ? dialog.flow : undefined;
  const { otherwise, secureHops: secure } = dialog;
  const destination = byName === undefined ? { flow, nextHop, otherwise, secure } : { nextHop: byName, secure };
  return new Promise((resolve) => {
    let done = false;
    /** It went again by another connection: whatever becomes of it by this one. */
    let moved = false;
    let stopAwaiting = (): void => undefined;
    const sending = core.sender.send(draft, destination, {
      response: (response: SipResponse) => {
        stopAwaiting();
        if (moved) return;
        if (byName !== undefined && sending.flow !== undefined) dialog.goBy(sending.flow);
        if (response.status < 200) {
          request.progress?.(response);
          return;
        }
        if (response.status < 300) {
          authorized.accepted(response);
          if (done) request.repeated?.();
          done = true;
          resolve({ ok: true, status: response.status, response });
          return;
        }
        authorized.challenged(response, (retry) => {
          resolve(retry ? sendOnce(core, dialog, attempt) : responseFailure(response));
        });
      },
      timeout: () => {
        stopAwaiting();
        resolve(timeoutFailure());
      },
      transportError: () => {
        stopAwaiting();
        if (moved) return;
        const { wayByConnection: way } = dialog;
        const isOver = done || request.isGivenUp?.() === true;
        if (way === undefined || attempt.returns === 0 || isOver) {
          resolve(transportFailure());
          return;
        }
        const again: Attempt = { ...attempt, returns: attempt.returns - 1 };
        // Its connection is gone, and with it perhaps this very request: the peer may take one at its Contact (§18.1.1).
        if (flow !== undefined) resolve(sendOnce(core, dialog, again));
        else if (way.address !== undefined && byName === undefined)
          resolve(sendOnce(core, dialog, { ...again, byName: way.address }));
        else if (request.waits === false) resolve(transportFailure());
        // Else it hears it once it has made another one.
        else
          whenBack(core, way, (next) =>
            resolve(next === undefined ? transportFailure() : sendOnce(core, dialog, again)),
          );
      },
    });
    request.began?.(sending);
    // An INVITE that has gone out twice would be in its own way.
    if (method === 'INVITE' || request.waits === false || attempt.returns === 0) return;
    stopAwaiting = awaitBetter(dialog, sending, () => {
      stopAwaiting();
      moved = true;
      resolve(sendOnce(core, dialog, { ...attempt, returns: attempt.returns - 1 }));
    });
  });
}

/**
 * While nothing has come back over a connection: the peer may be there by another one meanwhile, and the first one only looks open
 * (RFC 5626 §5.3). @returns stops that
 */
function awaitBetter(dialog: Dialog, sending: SendingRequest, move: () => void): () => void {
  const stop = dialog.wayByConnection?.awaitAnother?.(() => {
    const { flow } = dialog;
    const by = sending.flow?.id;
    if (by !== undefined && flow !== undefined && flow.id !== by) move();
  });
  return stop ?? (() => undefined);
}

function hasSupported({ headers }: InDialogRequest): boolean {
  return headers?.some(([name]) => name === 'Supported') === true;
}

/** How far a failed request inside a dialog reaches; silence is as good as a 408 (RFC 5057 §3.2, RFC 3261 §12.2.1.2). */
export function outcomeEffect(method: string, failure: RequestFailure): FailureEffect {
  if (failure.cause === 'response') return failureEffect(method, failure.status);
  return failure.cause === 'ended' ? 'transaction' : 'usage';
}
