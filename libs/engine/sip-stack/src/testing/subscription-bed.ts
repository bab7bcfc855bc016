import type { EventPackage, IncomingSubscribe, NotifierSubscription } from '../api/notifier-subscription.js';
import type { SubscribeOptions, Subscription } from '../api/subscription.js';
import { openTestBed } from './test-bed.js';
import type { TestBed } from './test-bed.js';

const PACKAGE: EventPackage = {
  name: 'lamp',
  bodyTypes: ['text/plain'],
  defaultExpires: 600,
  minimumExpires: 60,
  maximumExpires: 1000,
};
export const text = (body: string): { contentType: string; body: string } => ({ contentType: 'text/plain', body });

/** Bob shows a state to whoever subscribes. */
export async function openSubscriptions(definition: Partial<EventPackage> = {}, seed = 1) {
  const bed = await openTestBed({ seed, agents: { eventPackages: [{ ...PACKAGE, ...definition }, 'other'] } });
  const notifiers: NotifierSubscription[] = [];
  const ends: string[] = [];
  let state = 'off';
  const serve = (incoming: IncomingSubscribe): void => {
    const notifier = incoming.accept();
    notifiers.push(notifier);
    notifier.on('refreshed', () => void notifier.notify(text(state)));
    notifier.on('ended', (kind) => void ends.push(kind));
    void notifier.notify(text(state));
  };
  bed.bob.on('subscribe', serve);
  return {
    bed,
    notifiers,
    ends,
    show: (next: string) => {
      state = next;
      for (const notifier of notifiers) void notifier.notify(text(state));
    },
  };
}

/** Alice watches it. */
export function watch(
  bed: TestBed,
  options: Partial<SubscribeOptions> = {},
): { subscription: Subscription; seen: string[] } {
  const seen: string[] = [];
  const subscription = bed.alice
    .subscribe({ target: 'sip:bob@10.0.0.2', from: 'sip:alice@a.example', event: 'lamp', ...options })
    .on('notify', ({ subscriptionState, body }) => seen.push(`${subscriptionState.state} ${body}`.trim()))
    .on('interrupted', (why, seconds) => seen.push(`interrupted ${describeEnd(why)} ${seconds > 0 ? 'later' : 'now'}`))
    .on('ended', (why) => seen.push(`ended ${describeEnd(why)}`));
  return { subscription, seen };
}

function describeEnd(why: { kind: string; reason?: string | undefined; failure?: { status: number } }): string {
  return [why.kind, why.reason, why.failure?.status].filter((part) => part !== undefined).join(' ');
}
