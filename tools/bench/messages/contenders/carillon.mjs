import { OwnVia, buildEditedMessage, parseMessage } from '@carillon/sip-message';

/** All but the branch is the same in each Via that goes out one way: the stack's proxy has one for each (`own-vias.ts`). */
const OWN = new OwnVia('SIP/2.0/UDP 198.51.100.9:5060;branch=');

/** @param {Buffer} octets as a socket hands them over */
export function makeJob(octets) {
  return (branch) => {
    const result = parseMessage(octets);
    if (!result.ok) throw new Error(JSON.stringify(result));
    const { message } = result;
    const { branch: received, callId, fromTag, toTag } = message;
    const { sequence } = message.cseq;
    if (message.kind === 'response') {
      const seen = [received, callId, sequence, fromTag, toTag];
      return { seen, out: buildEditedMessage(message, { via: { own: OWN, branch } }) };
    }
    const { method, uri, topRoute, maxForwards } = message;
    const seen = [received, callId, sequence, fromTag, toTag, method, uri.host, topRoute];
    const edits = { via: { own: OWN, branch }, maxForwards: maxForwards - 1 };
    return { seen, out: buildEditedMessage(message, edits) };
  };
}
