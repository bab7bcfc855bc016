import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { AuthorizedRequest } from '../authentication/authorized-request.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import type { Dialog } from '../dialog/dialog.js';
import { responseFailure, timeoutFailure, transportFailure } from '../request-failure.js';
import type { RequestDraft } from '../transaction/request-draft.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';

export interface InDialogRequest {
  readonly method: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
  /** User part of our Contact; undefined leaves it out. The Contact itself is always there: each method may need it. */
  readonly contactUser?: string | undefined;
  /** Realms that the dialog has answered, and credentials for new ones. */
  readonly spaces?: ProtectionSpaces | undefined;
  /** Number of the request, once it is chosen; an INVITE's ACK needs it. */
  readonly numbered?: (sequence: number, authorization: readonly HeaderLine[]) => void;
}

/** Sends one request of a dialog, again when it is challenged and credentials are at hand. */
export function sendInDialog(core: Core, dialog: Dialog, request: InDialogRequest): Promise<RequestOutcome> {
  const authorized = new AuthorizedRequest(request.spaces ?? new ProtectionSpaces(undefined, core));
  return sendOnce(core, dialog, { request, authorized });
}

function sendOnce(
  core: Core,
  dialog: Dialog,
  attempt: { request: InDialogRequest; authorized: AuthorizedRequest },
): Promise<RequestOutcome> {
  const { request, authorized } = attempt;
  const sequence = dialog.nextSequence();
  const { uri, nextHop } = dialog.routing;
  const authorization = authorized.sign({ method: request.method, uri, body: request.body });
  request.numbered?.(sequence, authorization);
  const draft: RequestDraft = {
    method: request.method,
    uri,
    headers: (flow) => [
      ...dialog.headers(request.method, sequence),
      ['Contact', `<${core.transport.contactUri(flow.protocol, request.contactUser, flow)}>`],
      ...authorization,
      ...serverLines(core.capabilities, 'User-Agent'),
      ...(request.headers ?? []),
      ...(request.body === undefined ? [] : [['Content-Type', request.contentType ?? 'application/sdp'] as const]),
    ],
    body: request.body,
  };
  return new Promise((resolve) => {
    core.sender.send(
      draft,
      { flow: dialog.flow, nextHop },
      {
        response: (response: SipResponse) => {
          if (response.status < 200) return;
          if (response.status < 300) {
            resolve({ ok: true, status: response.status, response });
            return;
          }
          authorized.challenged(response, (retry) => {
            resolve(retry ? sendOnce(core, dialog, attempt) : responseFailure(response));
          });
        },
        timeout: () => resolve(timeoutFailure()),
        transportError: () => resolve(transportFailure()),
      },
    );
  });
}

/** Answers after which the dialog is gone (RFC 3261 §12.2.1.2). */
export function losesDialog(failure: RequestFailure): boolean {
  return failure.cause !== 'response' || failure.status === 481 || failure.status === 408;
}
