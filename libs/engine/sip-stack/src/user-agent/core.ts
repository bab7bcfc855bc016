import type { HeaderLine } from '@carillon/sip-message';
import type { EventPackage } from '../api/notifier-subscription.js';
import type { SessionTimerOptions } from '../api/invite-session.js';
import type { Clock } from '../clock.js';
import type { ReliableProvisionalPolicy } from '../api/outgoing-invite.js';
import type { AllowSets } from '../dialog/allow-sets.js';
import type { DialogLayer } from '../dialog/dialog-layer.js';
import type { Identifiers } from '../identifiers.js';
import type { Limits } from '../limits.js';
import type { ServerLocator } from '../location/server-locator.js';
import type { Logger } from '../logger.js';
import type { EndedDialogs } from '../replaces/ended-dialogs.js';
import type { SubscriptionLayer } from '../subscription/subscription-layer.js';
import type { Timers } from '../timers.js';
import type { TransactionLayer } from '../transaction/transaction-layer.js';
import type { TransportLayer } from '../transport/transport-layer.js';
import type { RequestSender } from './request-sender.js';

/** What sessions, subscriptions and calls share: one per user agent. */
export interface Core {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly limits: Limits;
  readonly identifiers: Identifiers;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly dialogs: DialogLayer;
  readonly subscriptions: SubscriptionLayer;
  /** Definitions of event packages by name. */
  readonly eventPackages: ReadonlyMap<string, EventPackage>;
  readonly endedDialogs: EndedDialogs;
  readonly locator: ServerLocator;
  readonly sender: RequestSender;
  readonly sessionTimer: SessionTimerOptions;
  readonly capabilities: Capabilities;
  readonly reliableProvisional: ReliableProvisionalPolicy;
  readonly allowSets: AllowSets;
}

/** What we say about ourselves. */
export interface Capabilities {
  readonly serverName: string | undefined;
  readonly allow: string;
  readonly supported: string;
  readonly allowEvents: string | undefined;
  /** INFO packages that we take, lower case; undefined where packages are not spoken of (RFC 6086). */
  readonly infoPackages: readonly string[] | undefined;
  /** The same as header lines, made once: nearly every message of ours has some of them. */
  readonly lines: CapabilityLines;
}

export interface CapabilityLines {
  readonly server: readonly HeaderLine[];
  readonly userAgent: readonly HeaderLine[];
  /** Allow, Supported and Recv-Info. */
  readonly dialog: readonly HeaderLine[];
}

export function withLines(capabilities: Omit<Capabilities, 'lines'>): Capabilities {
  const { serverName, allow, supported } = capabilities;
  const lines: CapabilityLines = {
    server: serverName === undefined ? [] : [['Server', serverName]],
    userAgent: serverName === undefined ? [] : [['User-Agent', serverName]],
    dialog: [['Allow', allow], ['Supported', supported], ...infoLines(capabilities)],
  };
  return { ...capabilities, lines };
}

/** Server or User-Agent, when a name was given. */
export function serverLines({ lines }: Capabilities, name: 'Server' | 'User-Agent'): readonly HeaderLine[] {
  return name === 'Server' ? lines.server : lines.userAgent;
}

/** Allow and Supported, for messages that make or refresh a dialog (RFC 3261 §13.2.1). */
export function capabilityLines({ lines }: Capabilities): readonly HeaderLine[] {
  return lines.dialog;
}

/** RFC 6086 §5.2: `nil` when packages are known, but none is taken. */
function infoLines({ infoPackages }: Pick<Capabilities, 'infoPackages'>): HeaderLine[] {
  return infoPackages === undefined ? [] : [['Recv-Info', infoPackages.join(', ') || 'nil']];
}

/** The same for an INVITE of ours outside a dialog, with what is wanted of its provisional replies (RFC 3262 §4). */
export function inviteCapabilityLines(core: Core, policy: ReliableProvisionalPolicy): readonly HeaderLine[] {
  const required: HeaderLine[] = policy === 'required' ? [['Require', '100rel']] : [];
  if ((policy === 'off') === (core.reliableProvisional === 'off')) {
    const lines = capabilityLines(core.capabilities);
    return required.length === 0 ? lines : [...lines, ...required];
  }
  const { allow, supported } = core.capabilities;
  const others = supported.split(', ').filter((tag) => tag !== '100rel');
  return [
    ['Allow', allow],
    ['Supported', (policy === 'off' ? others : [...others, '100rel']).join(', ')],
    ...infoLines(core.capabilities),
    ...required,
  ];
}
