import type { EventHeader, HeaderLine } from '@carillon/sip-message';
import type {
  AcceptSubscribeOptions,
  EventPackage,
  IncomingSubscribe,
  NotifierSubscription,
} from '../api/notifier-subscription.js';
import { Dialog } from '../dialog/dialog.js';
import { headerLines } from '../header-lines.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Core } from '../user-agent/core.js';
import { serverLines } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { acceptedBodyType } from './accepted-body-type.js';
import { Notifier } from './notifier.js';

const DEFAULT_EXPIRES = 3600;
/** Longest that is granted where no package says otherwise, seconds: who asks for more asks again. */
const LONGEST_EXPIRES = 86_400;

/** A SUBSCRIBE that makes a dialog when it is accepted, unless it came in one. */
export class ReceivedSubscribe extends ReceivedRequest implements IncomingSubscribe {
  readonly package: EventPackage | undefined;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    private readonly shared?: Dialog,
  ) {
    super(core, transaction);
    this.package = core.eventPackages.get(this.event?.package ?? '');
  }

  get event(): EventHeader | undefined {
    return this.request.event;
  }

  get expires(): number | undefined {
    return this.request.expires;
  }

  get bodyType(): string | undefined {
    return this.package === undefined ? undefined : acceptedBodyType(this.request, this.package.bodyTypes);
  }

  accept(options: AcceptSubscribeOptions = {}): NotifierSubscription {
    const { event, core, transaction, request } = this;
    if (event === undefined) throw new TypeError('A SUBSCRIBE without Event cannot be accepted');
    const flow = transaction.source;
    const { uri } = request;
    const contactUser = uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
    const dialog = this.shared ?? Dialog.asCallee(request, this.localTag, flow);
    const expires = options.expires ?? this.defaultExpires();
    const headers: HeaderLine[] = [
      ...request.headers('Record-Route').map((value): HeaderLine => ['Record-Route', value]),
      ['Contact', dialog.contact(core.transport.contactUri(flow.protocol, contactUser, flow))],
      ['Expires', String(expires)],
      ...headerLines(options.headers),
      ...serverLines(core.capabilities, 'Server'),
    ];
    transaction.respond(200, { headers });
    return new Notifier(core, dialog, {
      event,
      expires,
      package: this.package,
      contactUser,
      pending: options.pending,
      suppressIfMatch: request.header('Suppress-If-Match')?.trim(),
    });
  }

  private defaultExpires(): number {
    const { package: definition } = this;
    if (definition === undefined) return Math.min(this.expires ?? DEFAULT_EXPIRES, LONGEST_EXPIRES);
    return Math.min(this.expires ?? definition.defaultExpires, definition.maximumExpires);
  }
}
