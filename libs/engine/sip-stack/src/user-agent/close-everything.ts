import type { DialogUsage } from '../dialog/dialog-layer.js';
import type { PublicationClient } from '../publication/publication-client.js';
import type { RegistrationClient } from '../registration/registration-client.js';
import { Session } from '../session/session.js';
import type { SubscriptionClient } from '../subscription/subscription-client.js';
import type { Core } from './core.js';
import type { InviteClient } from './invite-client.js';
import { InviteServer } from './invite-server.js';

/** What a user agent has begun by itself and keeps up. */
export interface Ongoing {
  readonly calls: Set<InviteClient>;
  readonly registrations: Set<RegistrationClient>;
  readonly subscriptions: Set<SubscriptionClient>;
  readonly publications: Set<PublicationClient>;
}

/**
 * Ends calls, registrations, subscriptions and publications, telling their peers.
 * @returns when all have heard of it, or the time is over
 */
export async function closeEverything(core: Core, ongoing: Ongoing, graceMilliseconds: number): Promise<void> {
  for (const invite of [...ongoing.calls]) invite.giveUp();
  const usages = core.dialogs.all();
  // What rings is refused first, so that no new session comes up while the others end.
  for (const usage of usages) if (rings(usage)) void usage.close();
  const ends: Promise<unknown>[] = [...ongoing.registrations].map((registration) => registration.close());
  for (const publication of ongoing.publications) ends.push(publication.close());
  for (const subscription of ongoing.subscriptions) ends.push(subscription.close());
  for (const subscription of core.subscriptions.all()) ends.push(subscription.close());
  for (const usage of usages) if (!rings(usage)) ends.push(usage.close());
  await new Promise<void>((resolve) => {
    const timer = core.clock.setTimeout(resolve, graceMilliseconds);
    void Promise.allSettled(ends).then(() => {
      core.clock.clearTimeout(timer);
      resolve();
    });
  });
}

/** An INVITE that waits for its final answer, ours or the peer's. */
function rings(usage: DialogUsage): boolean {
  return usage instanceof InviteServer || (usage instanceof Session && usage.state === 'early');
}
