import { Parameters, parseReferSub, parseReferredBy, parseReplaces, uriHeader } from '@carillon/sip-message';
import type { EventHeader, HeaderLine, ReferTo, ReferredBy, Replaces } from '@carillon/sip-message';
import type { HeaderFields } from '../api/header-fields.js';
import type { InviteSession } from '../api/invite-session.js';
import type { IncomingRefer, Referral } from '../api/refer.js';
import type { Dialog } from '../dialog/dialog.js';
import { headerLines } from '../header-lines.js';
import { Notifier } from '../subscription/notifier.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import { serverLines } from '../user-agent/core.js';
import type { Core } from '../user-agent/core.js';
import { ReceivedRequest } from '../user-agent/received-request.js';
import { ReferralProgress } from './referral-progress.js';

/** Long enough for a phone to ring. */
const DEFAULT_EXPIRES_SECONDS = 180;

export interface ReceivedReferParts {
  readonly referTo: ReferTo;
  readonly session: InviteSession | undefined;
  /** The dialog it came in, or makes the one of its subscription. */
  readonly dialog: () => Dialog;
  /** REFERs that came in this dialog before. */
  readonly earlier: number;
}

/** A REFER whose Refer-To could be read. */
export class ReceivedRefer extends ReceivedRequest implements IncomingRefer {
  readonly referTo: ReferTo;
  readonly session: InviteSession | undefined;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    private readonly parts: ReceivedReferParts,
  ) {
    super(core, transaction);
    this.referTo = parts.referTo;
    this.session = parts.session;
  }

  get replaces(): Replaces | undefined {
    const text = uriHeader(this.referTo.headers, 'Replaces');
    return text === undefined ? undefined : parseReplaces(text);
  }

  get referredBy(): ReferredBy | undefined {
    return parseReferredBy(this.request.header('Referred-By') ?? '');
  }

  accept(options: { expires?: number; headers?: HeaderFields } = {}): Referral {
    const { core, transaction, request } = this;
    const silent = parseReferSub(request.header('Refer-Sub') ?? '') === false;
    const flow = transaction.source;
    const dialog = this.parts.dialog();
    const headers: HeaderLine[] = [
      ...request.headers('Record-Route').map((value): HeaderLine => ['Record-Route', value]),
      ['Contact', dialog.contact(core.transport.contactUri(flow.protocol, this.contactUser, flow))],
      ...(silent ? [['Refer-Sub', 'false'] as const] : []),
      ...headerLines(options.headers),
      ...serverLines(core.capabilities, 'Server'),
    ];
    if (this.answered) return new ReferralProgress(undefined);
    transaction.respond(200, { headers });
    if (silent) return new ReferralProgress(undefined);
    const progress = new ReferralProgress(this.subscribe(dialog, options.expires ?? DEFAULT_EXPIRES_SECONDS));
    void progress.notify(100);
    return progress;
  }

  private subscribe(dialog: Dialog, expires: number): Notifier {
    const sequence = String(this.request.cseq?.sequence ?? 0);
    const first = this.parts.earlier === 0;
    // RFC 3515 §2.4.6: the first REFER of a dialog may do without, the others must name their CSeq.
    const event: EventHeader = { package: 'refer', id: first ? undefined : sequence, parameters: Parameters.none };
    return new Notifier(this.core, dialog, {
      event,
      expires,
      package: undefined,
      contactUser: this.contactUser,
      matches: ({ package: name, id }) => name === 'refer' && (id === sequence || (first && id === undefined)),
    });
  }

  private get contactUser(): string | undefined {
    const { uri } = this.request;
    return uri?.scheme === 'sip' || uri?.scheme === 'sips' ? uri.user : undefined;
  }
}
