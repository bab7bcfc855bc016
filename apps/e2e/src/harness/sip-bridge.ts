import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';

/** Where a phone's messages go on: to the product's TCP or TLS port, or to its WebSocket. */
export type BridgedTransport =
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'tls'; readonly port: number; readonly servername: string; readonly ca: string }
  | { readonly kind: 'ws'; readonly url: string };

interface Line {
  send(message: string): void;
  close(): void;
}

const HEAD_END = '\r\n\r\n';

/**
 * Gives one phone that speaks SIP over TCP alone, and over a new connection each time that it is started, a lasting
 * connection of any transport, as a phone on a desk has it. Phone and product see
 * each other's messages as they are, but for the transport that the phone names in its Via and its Contact.
 */
export class SipBridge {
  private phone: Socket | undefined;

  private constructor(
    private readonly server: Server,
    private readonly line: Line,
    readonly port: number,
  ) {}

  /** @param phonePort where the phone listens while it is connected to nothing */
  static async start(transport: BridgedTransport, phonePort: number): Promise<SipBridge> {
    const fromProduct: { take(message: string): void } = { take: () => undefined };
    const line = await openLine(transport, (message) => fromProduct.take(message));
    const server = createServer();
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The bridge has no port');
    const bridge = new SipBridge(server, line, address.port);
    const name = transport.kind.toUpperCase();
    server.on('connection', (socket) => bridge.join(socket, name));
    fromProduct.take = (message) => {
      // Whether the line still stands is not the business of the call that is played.
      if (message.startsWith('OPTIONS ')) return line.send(acceptPing(message));
      bridge.phone ??= bridge.join(connect(phonePort, '127.0.0.1'), name);
      bridge.phone.write(message, 'latin1');
    };
    return bridge;
  }

  private join(socket: Socket, name: string): Socket {
    this.phone = socket;
    const leave = (): void => {
      if (this.phone === socket) this.phone = undefined;
    };
    socket.on('close', leave);
    // A phone that is switched off: what comes for it is lost, as on any line.
    socket.on('error', leave);
    socket.on(
      'data',
      splitMessages((message) => this.line.send(renameTransport(message, name))),
    );
    return socket;
  }

  close(): void {
    this.phone?.destroy();
    this.line.close();
    this.server.close();
  }
}

/** The transport that a request names as its own in Via and Contact; bodies stay as they are. */
function renameTransport(message: string, name: string): string {
  const end = message.indexOf(HEAD_END);
  const head = message
    .slice(0, end)
    .replaceAll('SIP/2.0/TCP', `SIP/2.0/${name}`)
    .replaceAll('transport=TCP', `transport=${name}`);
  return head + message.slice(end);
}

/** The 200 of an OPTIONS outside calls (RFC 3261 §11.2). */
function acceptPing(request: string): string {
  const copied = request.split('\r\n').filter((one) => /^(?:Via|From|To|Call-ID|CSeq):/i.test(one));
  const lines = copied.map((one) => (/^To:/i.test(one) ? `${one};tag=bridge` : one));
  return ['SIP/2.0 200 OK', ...lines, 'Content-Length: 0', '', ''].join('\r\n');
}

/** Cuts a stream into messages by their Content-Length (RFC 3261 §18.3). */
function splitMessages(take: (message: string) => void): (chunk: Buffer) => void {
  let received = '';
  return (chunk) => {
    received = (received + chunk.toString('latin1')).replace(/^(\r\n)+/, '');
    for (;;) {
      const end = received.indexOf(HEAD_END);
      if (end < 0) return;
      const [, length = '0'] = /^(?:Content-Length|l)\s*:\s*(\d+)/im.exec(received.slice(0, end)) ?? [];
      const size = end + HEAD_END.length + Number(length);
      if (received.length < size) return;
      take(received.slice(0, size));
      received = received.slice(size).replace(/^(\r\n)+/, '');
    }
  };
}

async function openLine(transport: BridgedTransport, take: (message: string) => void): Promise<Line> {
  if (transport.kind !== 'ws') {
    const { kind, port } = transport;
    const socket = kind === 'tls' ? connectTls({ ...transport, host: '127.0.0.1' }) : connect(port, '127.0.0.1');
    await settled(socket, kind === 'tls' ? 'secureConnect' : 'connect');
    socket.on('data', splitMessages(take));
    return { send: (message) => socket.write(message, 'latin1'), close: () => socket.destroy() };
  }
  const socket = new WebSocket(transport.url, 'sip');
  await settled(socket, 'open');
  socket.on('message', (data: Buffer) => {
    const message = data.toString('latin1');
    if (message.trim() !== '') take(message);
  });
  return { send: (message) => socket.send(Buffer.from(message, 'latin1')), close: () => socket.terminate() };
}

/** Waits for a connection to stand. An error after that shows in the test as messages that are missing. */
function settled(emitter: Socket | WebSocket, event: string): Promise<void> {
  return new Promise((settle, fail) => {
    emitter.once(event, () => settle());
    emitter.on('error', fail);
  });
}
