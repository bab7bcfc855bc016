import { createRequire } from 'node:module';

const sip = createRequire(import.meta.url)('sip');

/**
 * `sip` of npm: `parse` and `stringify` are its own, between octets as in its transports.
 *
 * @param {Buffer} octets
 */
export function makeJob(octets) {
  return (branch) => {
    const message = sip.parse(octets);
    const { headers } = message;
    const seen = [
      headers.via[0].params.branch,
      headers['call-id'],
      headers.cseq,
      headers.from.params.tag,
      headers.to.params.tag,
    ];
    if (message.method !== undefined) seen.push(message.method, sip.parseUri(message.uri).host, headers.route?.[0]);
    headers.via.unshift({ version: '2.0', protocol: 'UDP', host: '198.51.100.9', port: 5060, params: { branch } });
    if (headers['max-forwards'] !== undefined) headers['max-forwards'] = Number(headers['max-forwards']) - 1;
    return { out: Buffer.from(sip.stringify(message), 'binary'), seen };
  };
}
