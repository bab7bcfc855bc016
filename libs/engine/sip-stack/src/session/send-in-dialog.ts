import type { HeaderLine, SipResponse } from '@carillon/sip-message';
import type { Credentials } from '../api/outgoing-invite.js';
import type { RequestFailure, RequestOutcome } from '../api/request-outcome.js';
import { answerChallenge } from '../authentication/answer-challenge.js';
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
  readonly credentials?: Credentials | undefined;
  /** Number of the request, once it is chosen; an INVITE's ACK needs it. */
  readonly numbered?: (sequence: number, authorization: HeaderLine | undefined) => void;
}

/** Sends one request of a dialog and answers one challenge when credentials are at hand. */
export function sendInDialog(core: Core, dialog: Dialog, request: InDialogRequest): Promise<RequestOutcome> {
  return sendOnce(core, dialog, { request, authorization: undefined });
}

function sendOnce(
  core: Core,
  dialog: Dialog,
  attempt: { request: InDialogRequest; authorization: HeaderLine | undefined },
): Promise<RequestOutcome> {
  const { request, authorization } = attempt;
  const sequence = dialog.nextSequence();
  request.numbered?.(sequence, authorization);
  const { uri, nextHop } = dialog.routing;
  const draft: RequestDraft = {
    method: request.method,
    uri,
    headers: (flow) => [
      ...dialog.headers(request.method, sequence),
      ['Contact', `<${core.transport.contactUri(flow.protocol, request.contactUser, flow)}>`],
      ...(authorization === undefined ? [] : [authorization]),
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
          const { credentials } = request;
          const answer =
            credentials === undefined || authorization !== undefined
              ? undefined
              : answerChallenge(response, { method: request.method, uri, credentials }, core.identifiers);
          if (answer === undefined) resolve(responseFailure(response));
          else resolve(sendOnce(core, dialog, { request, authorization: answer }));
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
