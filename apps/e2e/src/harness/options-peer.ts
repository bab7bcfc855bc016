import { createSocket, type Socket } from 'node:dgram';

/** A SIP peer on one UDP socket that asks OPTIONS, and says whether it was answered. */
export class OptionsPeer {
  private sent = 0;

  private constructor(private readonly socket: Socket) {}

  static async open(): Promise<OptionsPeer> {
    const socket = createSocket('udp4');
    await new Promise<void>((settle) => socket.bind(0, '127.0.0.1', settle));
    return new OptionsPeer(socket);
  }

  /** How the border calls us. */
  get source(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async ask(at: { host: string; port: number; domain: string }, userAgent: string): Promise<boolean> {
    this.sent += 1;
    const { port } = this.socket.address();
    const id = `${port}x${this.sent}x${Date.now()}`;
    const lines = [
      `OPTIONS sip:${at.domain} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${id}`,
      `From: <sip:someone@${at.domain}>;tag=1`,
      `To: <sip:${at.domain}>`,
      `Call-ID: ${id}`,
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      `User-Agent: ${userAgent}`,
      'Content-Length: 0',
    ];
    const answered = new Promise<boolean>((settle) => {
      const timer = setTimeout(() => settle(false), 1_000);
      this.socket.once('message', () => {
        clearTimeout(timer);
        settle(true);
      });
    });
    this.socket.send(`${lines.join('\r\n')}\r\n\r\n`, at.port, at.host);
    return answered;
  }

  close(): void {
    this.socket.close();
  }
}
