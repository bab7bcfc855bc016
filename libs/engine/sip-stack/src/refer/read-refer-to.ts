import { parseReferTo, parseReplaces, uriHeader } from '@carillon/sip-message';
import type { ReferTo } from '@carillon/sip-message';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';

/** RFC 3515 §2.4.2: exactly one Refer-To. @returns undefined when the REFER was refused */
export function readReferTo(core: Core, transaction: ServerTransaction): ReferTo | undefined {
  const { request } = transaction;
  const lines = request.headers('Refer-To');
  const referTo = lines.length === 1 && lines[0] !== undefined ? readable(lines[0]) : undefined;
  if (referTo === undefined) {
    const reason = lines.length === 0 ? 'Missing Refer-To' : lines.length > 1 ? 'Several Refer-To' : 'Bad Refer-To';
    new ReceivedRequest(core, transaction).reply(400, { reason });
  }
  return referTo;
}

/** Without the dialog that it cannot name, an attended transfer would become a call to somebody who is talking already. */
function readable(line: string): ReferTo | undefined {
  const referTo = parseReferTo(line);
  const replaces = referTo === undefined ? undefined : uriHeader(referTo.headers, 'Replaces');
  return replaces === undefined || parseReplaces(replaces) !== undefined ? referTo : undefined;
}
