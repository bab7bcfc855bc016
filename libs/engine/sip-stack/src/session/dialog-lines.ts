import type { HeaderLine } from '@carillon/sip-message';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { capabilityLines, serverLines } from '../user-agent/core.js';
import type { Session } from './session.js';

/** Headers of every reply above 100 that makes or keeps a dialog (RFC 3261 §12.1.1, §13.3.1). */
export function dialogLines(session: Session, transaction: ServerTransaction): HeaderLine[] {
  const { core, dialog, contactUser } = session;
  const flow = transaction.source;
  const lines: HeaderLine[] = [];
  for (const value of transaction.request.headers('Record-Route')) lines.push(['Record-Route', value]);
  lines.push(
    ['Contact', dialog.contact(core.transport.contactUri(flow.protocol, contactUser, flow))],
    ...capabilityLines(core.capabilities),
    ...serverLines(core.capabilities, 'Server'),
  );
  return lines;
}
