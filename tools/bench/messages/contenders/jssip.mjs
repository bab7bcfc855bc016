import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { parseMessage } = require(join(dirname(require.resolve('jssip')), 'Parser.js'));

/**
 * JsSIP takes and gives text, as its WebSocket does. It has no proxied copy: its parsed headers are written out.
 *
 * @param {Buffer} octets
 */
export function makeJob(octets) {
  const text = new TextDecoder().decode(octets);
  return (branch) => {
    const message = parseMessage(text, {});
    if (message === undefined) throw new Error('Not parsed');
    const request = message.status_code === null || message.status_code === undefined;
    const maxForwards = request ? Number(message.getHeader('max-forwards')) : 0;
    const seen = [message.via.branch, message.call_id, message.cseq, message.from_tag, message.to_tag];
    if (request) seen.push(message.method, message.ruri?.host, message.getHeader('route'));
    let out = request
      ? `${message.method} ${message.ruri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.status_code} ${message.reason_phrase}\r\n`;
    out += `Via: SIP/2.0/UDP 198.51.100.9:5060;branch=${branch}\r\n`;
    for (const name of Object.keys(message.headers)) {
      for (const header of message.headers[name]) {
        out += `${name}: ${name === 'Max-Forwards' ? maxForwards - 1 : header.raw}\r\n`;
      }
    }
    return { out: `${out}\r\n${message.body}`, seen };
  };
}
