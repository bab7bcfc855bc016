import { parseNameAddress } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import type { DialogCopy, InviteCopy, UnfinishedCopy, UnfinishedEnd } from '../api/dialog-copy.js';
import { ProtectionSpaces } from '../authentication/protection-spaces.js';
import { Dialog } from '../dialog/dialog.js';
import { whenBack } from '../dialog/when-back.js';
import { writableFlow } from '../dialog/writable-flow.js';
import { headerLines } from '../header-lines.js';
import { reasonLines } from '../session/reason-lines.js';
import { sendInDialog } from '../session/send-in-dialog.js';
import { readInvite } from '../transaction/copy-invite.js';
import { replyPort } from '../transaction/reply-flow.js';
import { parseFlowId } from '../transport/sip-flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { Core } from './core.js';
import { serverLines } from './core.js';
import { TakenBackInvite } from './taken-back-invite.js';

/** Ends what another process has left open. @returns its Call-ID; undefined where no way leads there, or it cannot be read */
export function endUnfinished(core: Core, copy: UnfinishedCopy, end: UnfinishedEnd): string | undefined {
  if (copy.kind === 'dialog') return endDialog(core, copy.dialog, end) ? copy.dialog.id.callId : undefined;
  const invite = readInvite(copy);
  if (invite === undefined) return undefined;
  const isPeers = copy.role === 'callee';
  const found = isPeers ? refuse(core, copy, { invite, end }) : takeBack(core, copy, { invite, end });
  return found ? invite.callId : undefined;
}

function endDialog(core: Core, copy: DialogCopy, { reason, credentials, way }: UnfinishedEnd): boolean {
  const dialog = Dialog.resumed(copy, (flowId) => core.transport.findFlow(flowId));
  if (dialog === undefined) return false;
  dialog.reachBy(way);
  const spaces = credentials === undefined ? undefined : new ProtectionSpaces(credentials, core);
  void sendInDialog(core, dialog, { method: 'BYE', headers: reasonLines([reason]), spaces, supported: true });
  return true;
}

/** The final answer goes the way of those before it, and is repeated until its ACK (RFC 3261 §17.2.1). */
function refuse(
  core: Core,
  { flowId, localTag }: InviteCopy,
  { invite, end }: { readonly invite: SipRequest; readonly end: UnfinishedEnd },
): boolean {
  // The peer's next connection takes what the last one did not: a response is known by its branch (§17.1.3).
  const flow =
    core.transport.findFlow(flowId) ?? writableFlow(end.way?.find(undefined)) ?? redialled(core, flowId, invite);
  if (flow === undefined || localTag === null) return false;
  const headers = [...headerLines(end.headers), ...serverLines(core.capabilities, 'Server')];
  core.transactions.resumeServer(invite, flow, localTag).respond(end.status, { headers });
  return true;
}

/** §18.2.2: the connection went with its process; the port that the caller named in its Via may take another one. */
function redialled(core: Core, flowId: string, invite: SipRequest): SipFlow | undefined {
  const parts = parseFlowId(flowId);
  if (parts?.protocol !== 'tcp') return undefined;
  const { protocol, remoteAddress } = parts;
  const port = replyPort(invite, { ...parts, reliable: true });
  return core.transport.flowTo(protocol, remoteAddress, port);
}

/** CANCEL names the INVITE by its branch (§9.1): it works by another connection as well, also by one that comes later. */
function takeBack(
  core: Core,
  { flowId }: InviteCopy,
  { invite, end }: { readonly invite: SipRequest; readonly end: UnfinishedEnd },
): boolean {
  const local = parseNameAddress(invite.header('From') ?? '');
  if (local === undefined || invite.cseq === undefined) return false;
  const { way } = end;
  const cancelBy = (flow: SipFlow, isLast: boolean): void => {
    const lost = (): void => {
      if (isLast || way === undefined || !flow.reliable) return;
      whenBack(core, way, (next) => {
        if (next !== undefined) cancelBy(next, true);
      });
    };
    new TakenBackInvite(core, { invite, flow, local, end, lost }).cancel();
  };
  const [first] = invite.values('Route');
  const nextHop = (first === undefined ? undefined : parseNameAddress(first)?.uri) ?? invite.uriText;
  const known = core.transport.findFlow(flowId) ?? openConnection(flowId, end);
  core.sender.find({ flow: known, nextHop }, (flow) => {
    if (flow !== undefined) cancelBy(flow, false);
  });
  return true;
}

/** What the peer has in the place of a connection that is gone. */
function openConnection(flowId: string, { way }: UnfinishedEnd): SipFlow | undefined {
  return parseFlowId(flowId)?.protocol === 'udp' ? undefined : writableFlow(way?.find(undefined));
}
