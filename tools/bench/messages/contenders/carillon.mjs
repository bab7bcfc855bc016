import { buildEditedMessage, parseMessage, parseRoute } from '@carillon/sip-message';

/** @param {Buffer} octets as a socket hands them over */
export function makeJob(octets) {
  return (branch) => {
    const result = parseMessage(octets);
    if (!result.ok) throw new Error(JSON.stringify(result));
    const { message } = result;
    const seen = [
      message.topVia.parameters.get('branch'),
      message.callId,
      message.cseq.sequence,
      message.fromTag,
      message.toTag,
    ];
    if (message.kind === 'response')
      return { seen, out: buildEditedMessage(message, { first: [['Via', via(branch)]] }) };
    const route = message.header('Route');
    seen.push(message.method, message.uri.host, route === undefined ? undefined : parseRoute(route));
    const edits = { first: [['Via', via(branch)]], set: [['Max-Forwards', [String(message.maxForwards - 1)]]] };
    return { seen, out: buildEditedMessage(message, edits) };
  };
}

function via(branch) {
  return `SIP/2.0/UDP 198.51.100.9:5060;branch=${branch}`;
}
