import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const entry = createRequire(import.meta.url).resolve('sip.js');
const { Parser } = await import(pathToFileURL(join(dirname(entry), 'core/messages/parser.js')).href);

const logger = { warn: fail, error: fail, debug: () => undefined, log: () => undefined };

/**
 * SIP.js takes and gives text, as its WebSocket does. It has no proxied copy: its parsed headers are written out,
 * which is less work than its own OutgoingRequestMessage.
 *
 * @param {Buffer} octets
 */
export function makeJob(octets) {
  const text = new TextDecoder().decode(octets);
  return (branch) => {
    const message = Parser.parseMessage(text, logger);
    const request = message.method !== undefined && message.statusCode === undefined;
    const maxForwards = request ? Number(message.getHeader('max-forwards')) : 0;
    const seen = [message.via.branch, message.callId, message.cseq, message.fromTag, message.toTag];
    if (request) seen.push(message.method, message.ruri?.host, message.getHeader('route'));
    let out = request
      ? `${message.method} ${message.ruri} SIP/2.0\r\n`
      : `SIP/2.0 ${message.statusCode} ${message.reasonPhrase}\r\n`;
    out += `Via: SIP/2.0/UDP 198.51.100.9:5060;branch=${branch}\r\n`;
    for (const name of Object.keys(message.headers)) {
      for (const header of message.headers[name]) {
        out += `${name}: ${name === 'Max-Forwards' ? maxForwards - 1 : header.raw}\r\n`;
      }
    }
    return { out: `${out}\r\n${message.body}`, seen };
  };
}

function fail(text) {
  throw new Error(text);
}
