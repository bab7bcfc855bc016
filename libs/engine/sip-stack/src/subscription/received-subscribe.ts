import type { EventHeader, HeaderLine } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { IncomingSubscribe, NotifierSubscription } from '../api/notifier-subscription.js';
import { Dialog } from '../dialog/dialog.js';
import { headerLines } from '../header-lines.js';
import { serverLines } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { Notifier } from './notifier.js';

/** A SUBSCRIBE that makes a dialog when it is accepted. */
export class ReceivedSubscribe extends ReceivedRequest implements IncomingSubscribe {
  get event(): EventHeader | undefined {
    return this.request.event;
  }

  get expires(): number | undefined {
    return this.request.expires;
  }

  accept(options: { expires: number; headers?: HeaderFields }): NotifierSubscription {
    const { event, core, transaction, request } = this;
    if (event === undefined) throw new TypeError('A SUBSCRIBE without Event cannot be accepted');
    const flow = transaction.source;
    const { uri } = request;
    const contactUser = uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
    const dialog = Dialog.asCallee(request, this.localTag, flow);
    const headers: HeaderLine[] = [
      ...request.headers('Record-Route').map((value): HeaderLine => ['Record-Route', value]),
      ['Contact', `<${core.transport.contactUri(flow.protocol, contactUser, flow)}>`],
      ['Expires', String(options.expires)],
      ...headerLines(options.headers),
      ...serverLines(core.capabilities, 'Server'),
    ];
    transaction.respond(200, { headers });
    return new Notifier(core, dialog, { event, expires: options.expires, contactUser });
  }
}
