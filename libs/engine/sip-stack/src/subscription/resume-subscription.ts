import { parseEvent } from '@carillon/sip-message';
import type { SubscriptionCopy } from '../api/dialog-copy.js';
import type { NotifierSubscription } from '../api/notifier-subscription.js';
import { Dialog } from '../dialog/dialog.js';
import type { Core } from '../user-agent/core.js';
import { Notifier } from './notifier.js';

/** Goes on with a subscription of another process. @returns undefined where it is over, here already, or cannot be read */
export function resumeSubscription(core: Core, copy: SubscriptionCopy): NotifierSubscription | undefined {
  const event = parseEvent(copy.event);
  const expires = Math.round((copy.expiresAt - core.clock.now()) / 1000);
  const { id } = copy.dialog;
  if (event === undefined || expires <= 0) return undefined;
  if (core.dialogs.find(id.callId, id.localTag, id.remoteTag) !== undefined) return undefined;
  const dialog = Dialog.resumed(copy.dialog, (flowId) => core.transport.findFlow(flowId));
  if (dialog === undefined) return undefined;
  return new Notifier(core, dialog, {
    ...{ event, expires },
    package: core.eventPackages.get(event.package),
    contactUser: copy.contactUser ?? undefined,
    pending: copy.pending,
  });
}
