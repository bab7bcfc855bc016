import type { HeaderFields } from '../api/header-fields.js';
import { guarded } from '../session/guarded.js';
import type { Session } from '../session/session.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';

/** INFO inside a call: of a package that we take, or without one as before packages were (RFC 6086 §4.2.2, RFC 2976). */
export function receiveInfo(session: Session, transaction: ServerTransaction): void {
  const { core } = session;
  const { request } = transaction;
  const received = new ReceivedRequest(core, transaction);
  const packages = request.headers('Info-Package');
  if (packages.length > 1) {
    received.reply(400, { reason: 'Several Info-Package' });
    return;
  }
  const name = packages[0]?.split(';', 1)[0]?.trim().toLowerCase();
  if (name !== undefined && !takes(core, name)) {
    received.reply(469, { headers: recvInfo(core) });
    return;
  }
  guarded(session, transaction, () => {
    if (session.emit('info', received)) return;
    // RFC 2976 §2.2: an INFO that says nothing is in order; what it says is understood by nobody here.
    if (request.body.length === 0) received.reply(200);
    else received.reply(415, { headers: { Accept: 'application/sdp' } });
  });
}

function takes(core: Core, name: string): boolean {
  return core.capabilities.infoPackages?.includes(name) === true;
}

function recvInfo(core: Core): HeaderFields {
  return { 'Recv-Info': (core.capabilities.infoPackages ?? []).join(', ') || 'nil' };
}
