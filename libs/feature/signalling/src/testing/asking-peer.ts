import { createSocket, type Socket } from 'node:dgram';

/** No answer within this is silence. */
const SILENCE_MS = 300;

/**
 * A stranger with a port of its own who sends OPTIONS. `ask` says whether there was an answer.
 * @param sockets takes its socket, to be closed by whoever asks for it
 */
export async function askingPeer(at: { readonly port: number; readonly domain: string }, sockets: Socket[]) {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise<void>((settle) => socket.bind(0, '127.0.0.1', settle));
  let sent = 0;
  const ask = async (userAgent: string): Promise<boolean> => {
    sent += 1;
    const branch = `z9hG4bK${socket.address().port}x${sent}`;
    const lines = [
      `OPTIONS sip:127.0.0.1:${at.port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=${branch}`,
      'From: <sip:someone@example.test>;tag=1',
      `To: <sip:${at.domain}>`,
      `Call-ID: ${branch}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      `User-Agent: ${userAgent}`,
      'Content-Length: 0',
    ];
    const answered = new Promise<boolean>((settle) => {
      socket.once('message', () => settle(true));
      setTimeout(() => settle(false), SILENCE_MS);
    });
    socket.send(`${lines.join('\r\n')}\r\n\r\n`, at.port, '127.0.0.1');
    return answered;
  };
  return { ask, source: `127.0.0.1:${socket.address().port}` };
}
