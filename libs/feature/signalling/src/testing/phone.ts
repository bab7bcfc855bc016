import type { SipMessage, SipRequest } from '@carillon/sip-message';
import {
  createUserAgent,
  type HeaderFields,
  type IncomingInvite,
  type OutgoingInvite,
  type RequestOutcome,
  type UserAgent,
} from '@carillon/sip-stack';
import type { TestOrganisation } from './organisation.js';

export const PHONE_SDP =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=sendrecv\r\n';

export interface PhoneOptions {
  readonly organisation: TestOrganisation;
  readonly extension: string;
  readonly serverPort: number;
  readonly protocol?: 'udp' | 'tcp';
  /** What it takes for its own address; where nobody listens, it can be reached by its connection alone. */
  readonly advertisedAddress?: string;
}

/** A phone on real sockets. */
export class Phone {
  readonly invites: IncomingInvite[] = [];

  private constructor(
    readonly userAgent: UserAgent,
    private readonly options: PhoneOptions,
    /** Bodies of the NOTIFYs that came. */
    readonly notified: readonly string[],
    /** Every message that came. */
    readonly received: readonly SipMessage[],
  ) {
    userAgent.on('invite', (invite) => void this.invites.push(invite));
  }

  static async start(options: PhoneOptions): Promise<Phone> {
    const protocol = options.protocol ?? 'udp';
    const notified: string[] = [];
    const received: SipMessage[] = [];
    const userAgent = await createUserAgent({
      listen: [{ protocol, host: '127.0.0.1', port: 0 }],
      ...(options.advertisedAddress === undefined ? {} : { advertisedAddress: options.advertisedAddress }),
      tap: (tapped) => {
        const message = tapped.direction === 'in' ? tapped.message() : undefined;
        if (message !== undefined) received.push(message);
        if (message?.kind === 'request' && message.method === 'NOTIFY') notified.push(message.bodyText);
      },
    });
    return new Phone(userAgent, options, notified, received);
  }

  get address(): string {
    return `sip:${this.options.extension}@${this.options.organisation.domain}`;
  }

  register({
    expires = 300,
    headers = {},
    password = `pw-${this.options.extension}`,
    route,
  }: { expires?: number; headers?: HeaderFields; password?: string; route?: string } = {}): Promise<RequestOutcome> {
    const { organisation, extension } = this.options;
    return this.userAgent.request({
      method: 'REGISTER',
      target: `sip:${organisation.domain}`,
      route: route === undefined ? this.route : [route],
      from: this.address,
      to: this.address,
      credentials: { username: extension, password },
      headers: {
        Contact: `<${this.userAgent.contactUri(this.options.protocol ?? 'udp', extension)}>`,
        Expires: String(expires),
        ...headers,
      },
    });
  }

  /** Subscribes to an event package of this phone's own address. It keeps no dialog, so the first NOTIFY is its last. */
  subscribe(event: string, user = this.options.extension): Promise<RequestOutcome> {
    const { organisation, extension } = this.options;
    return this.userAgent.request({
      method: 'SUBSCRIBE',
      target: `sip:${user}@${organisation.domain}`,
      route: this.route,
      from: this.address,
      credentials: { username: extension, password: `pw-${extension}` },
      contact: true,
      headers: { Event: event, Expires: '600' },
    });
  }

  /** Calls a whole URI, such as a GRUU. */
  callUri(target: string): OutgoingInvite {
    const { extension } = this.options;
    return this.userAgent.invite({
      target,
      route: this.route,
      from: `<${this.address}>`,
      credentials: { username: extension, password: `pw-${extension}` },
      sdp: PHONE_SDP,
    });
  }

  /** @param sdp null makes an offerless INVITE */
  call(
    number: string,
    sdp: string | null = PHONE_SDP,
    { maxForwards = 70, headers = {} }: { maxForwards?: number; headers?: HeaderFields } = {},
  ): OutgoingInvite {
    const { organisation, extension } = this.options;
    return this.userAgent.invite({
      target: `sip:${number}@${organisation.domain}`,
      route: this.route,
      from: `"Not my name" <${this.address}>`,
      credentials: { username: extension, password: `pw-${extension}` },
      maxForwards,
      headers,
      ...(sdp === null ? {} : { sdp }),
    });
  }

  /** The newest request of this method that came. */
  last(method: string): SipRequest | undefined {
    return this.received.findLast((message) => message.kind === 'request' && message.method === method) as
      SipRequest | undefined;
  }

  private get route(): string[] {
    return [`sip:127.0.0.1:${this.options.serverPort};lr;transport=${this.options.protocol ?? 'udp'}`];
  }
}
