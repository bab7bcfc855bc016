import { createSocket } from 'node:dgram';

/** What an answer repeats of its request (RFC 3261 §8.2.6.2). */
const REPEATED = /^(via|v|from|f|to|t|call-id|i|cseq)\s*:/i;

/**
 * The other side of a trunk as far as it is asked whether it is there: every OPTIONS gets its 200 (RFC 3261 §11).
 *
 * @param {string} address where it listens, UDP
 * @returns {Promise<{ port: number, stop: () => void }>}
 */
export async function answerOptions(address) {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { address: host, port }) => {
    const [first, ...lines] = bytes.toString('latin1').split('\r\n\r\n', 1)[0].split('\r\n');
    if (!first.startsWith('OPTIONS ')) return;
    const headers = lines
      .filter((line) => REPEATED.test(line))
      .map((line) => (/^t/i.test(line) ? withTag(line) : line));
    const answer = ['SIP/2.0 200 OK', ...headers, 'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE', 'Content-Length: 0'];
    socket.send(Buffer.from(`${answer.join('\r\n')}\r\n\r\n`, 'latin1'), port, host);
  });
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  return { port: socket.address().port, stop: () => socket.close() };
}

const withTag = (to) => (/;\s*tag\s*=/i.test(to) ? to : `${to};tag=bench`);
