import { parseMessage } from '@carillon/sip-message';
import type { RawData, WebSocket } from 'ws';
import type { Connection } from './connection.js';
import { messageLimits } from './message-limits.js';
import type { TransportContext } from './network.js';
import type { Wire } from './wire.js';

const PING = '\r\n\r\n';
const PONG = '\r\n';
/** RFC 6455 §7.4.1 */
const GOING_AWAY = 1001;
/** Closed laptops send no FIN: a WebSocket ping finds them. */
const PING_SECONDS = 30;
/** Pings in a row that found something unsent: so many come from who asks and never reads. */
const MAX_UNREAD_PINGS = 256;
/** RFC 6455 §5.5: a control frame carries 125 octets, two of them the status. */
const MAX_CLOSE_REASON = 123;

/** A message per frame (RFC 7118 §5); pings are WebSocket pings, CRLF questions in a frame are answered too. */
export function attachWebSocket(socket: WebSocket, connection: Connection, context: TransportContext): void {
  const { limits } = context;
  const bounds = messageLimits(limits);
  const wire: Wire = {
    get backlog() {
      return socket.bufferedAmount;
    },
    // Text frames: browsers' stacks expect them, and SIP is UTF-8.
    write: (bytes, written) => socket.send(bytes, { binary: false }, (error) => written?.(error)),
    ping: () => {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    close: (reason) => {
      socket.close(GOING_AWAY, reason.slice(0, MAX_CLOSE_REASON));
      socket.terminate();
    },
  };
  let unread = 0;
  /** Whether a ping may be answered. The answers of a peer that does not read would gather here. */
  const mayAnswer = (): boolean => {
    unread = socket.bufferedAmount === 0 ? 0 : unread + 1;
    if (unread > MAX_UNREAD_PINGS) connection.shed('peer does not read');
    return connection.open;
  };
  connection.attach(wire);
  socket.on('message', (data) => {
    if (!connection.open) return;
    connection.received();
    const bytes = toBuffer(data);
    if (bytes.length > limits.maxMessageBytes) connection.shed('message too large');
    else if (bytes.length <= PING.length) answerKeepAlive(bytes.toString('latin1'), { socket, connection, mayAnswer });
    else {
      const result = parseMessage(bytes, { framing: 'datagram', limits: bounds });
      if (result.ok) connection.message(result.message);
      else if ('malformed' in result) connection.malformed(result);
    }
  });
  socket.on('ping', () => {
    // Its pong is on its way already.
    if (mayAnswer()) connection.pinged();
  });
  socket.on('pong', () => {
    connection.received();
    connection.ponged();
  });
  socket.on('error', (error) => connection.closed(error));
  socket.on('close', () => connection.closed(new Error('WebSocket closed')));
  connection.keepAlive({ role: 'ask', intervalSeconds: PING_SECONDS, onDead: () => undefined });
}

function answerKeepAlive(
  text: string,
  { socket, connection, mayAnswer }: { socket: WebSocket; connection: Connection; mayAnswer: () => boolean },
): void {
  if (text === PING) {
    connection.pinged();
    if (mayAnswer() && socket.readyState === socket.OPEN) socket.send(PONG);
  } else if (text === PONG) connection.ponged();
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
