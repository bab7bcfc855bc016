import type { SipRequest } from '@carillon/sip-message';
import {
  createUserAgent,
  DigestAuthenticator,
  type HeaderFields,
  type IncomingInvite,
  type OutgoingInvite,
  type UserAgent,
} from '@carillon/sip-stack';
import { PHONE_SDP } from './phone.js';

export interface ProviderOptions {
  /** Beside the phones, so that a call's source tells which it is, e.g. 127.0.0.2. */
  readonly host: string;
  /** Asks for these (407 for calls, 401 for REGISTER). */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly serverPort: number;
  /** UDP unless told. */
  readonly protocol?: 'udp' | 'tcp';
  /** What its Contact names; its host unless told. */
  readonly advertisedAddress?: string;
}

const REALM = 'provider.test';

/** The other side of a trunk on real sockets. */
export class Provider {
  readonly invites: IncomingInvite[] = [];
  /** REGISTERs that were granted. */
  readonly registered: SipRequest[] = [];
  readonly asked: string[] = [];
  private readonly authenticator = new DigestAuthenticator();

  private constructor(
    readonly userAgent: UserAgent,
    private readonly options: ProviderOptions,
  ) {
    userAgent
      .on('invite', (invite) => {
        if (this.isKnown(invite.request)) this.invites.push(invite);
        else invite.reject(407, { headers: { 'Proxy-Authenticate': this.authenticator.challenge(REALM) } });
      })
      .on('register', (incoming) => {
        if (!this.isKnown(incoming.request)) {
          incoming.reply(401, { headers: { 'WWW-Authenticate': this.authenticator.challenge(REALM) } });
          return;
        }
        this.registered.push(incoming.request);
        const [contact] = incoming.request.headers('Contact');
        incoming.reply(200, { headers: { Contact: `${contact ?? ''};expires=120` } });
      })
      .on('options', (incoming) => {
        this.asked.push(incoming.request.uriText);
        incoming.reply(200);
      });
  }

  static async start(options: ProviderOptions): Promise<Provider> {
    const { host, protocol = 'udp', advertisedAddress = host } = options;
    const userAgent = await createUserAgent({ listen: [{ protocol, host, port: 0 }], advertisedAddress });
    return new Provider(userAgent, options);
  }

  get port(): number {
    return this.userAgent.addresses[0]?.port ?? 0;
  }

  /** Calls a number at us, as a provider does. */
  call(
    number: string,
    { headers = {}, from = 'sip:+44201@provider.test', credentials }: ProviderCall = {},
  ): OutgoingInvite {
    return this.userAgent.invite({
      target: `sip:${number}@127.0.0.1:${this.options.serverPort}${this.options.protocol === 'tcp' ? ';transport=tcp' : ''}`,
      from,
      headers,
      sdp: PHONE_SDP,
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  private isKnown(request: SipRequest): boolean {
    const { credentials } = this.options;
    if (credentials === undefined) return true;
    const header = request.method === 'INVITE' ? 'Proxy-Authorization' : 'Authorization';
    const attempt = this.authenticator.inspect(request, REALM, header);
    return (
      attempt.kind === 'credentials' &&
      attempt.username === credentials.username &&
      attempt.verify(credentials) === 'ok'
    );
  }
}

export interface ProviderCall {
  readonly headers?: HeaderFields;
  readonly from?: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}
