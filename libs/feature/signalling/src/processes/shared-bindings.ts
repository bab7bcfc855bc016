import type { SharedBinding } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { Clock } from '@carillon/service-runtime';
import type { Binding, DeviceIdentity } from '../registrar/binding.js';
import type { Registrar } from '../registrar/registrar.js';
import { learnFromOthers } from './learn-from-others.js';
import { ownerIdOf, type Place } from './place.js';

/** Refreshes are told together, this often; a phone renews long before its time. */
const REFRESHES_MS = 250;
/** Bindings that a process asks for at once while it starts. */
const PAGE = 1_000;

export interface SharedBindingsParts {
  readonly registrar: Registrar;
  readonly bus: Bus;
  readonly place: Place;
  readonly clock: Clock;
}

/**
 * Every process knows every binding, since a call to a phone may begin in any of them. A binding belongs to the process
 * that its Call-ID names: REGISTERs for it come there, it is watched there, and runs out there. What changes there is told
 * to the others, in order; they change what they know and nothing else.
 */
export class SharedBindings {
  private refreshed = new Set<Binding>();
  private stopTimer: (() => void) | undefined;
  private readonly stops: (() => void)[];

  constructor(private readonly parts: SharedBindingsParts) {
    const { registrar, bus, place } = parts;
    const { own } = place;
    this.stops = [
      registrar.onChange((binding, event, here) => {
        if (!here) return;
        if (event === 'added') bus.publish('signalling.binding-kept', { process: own, binding: sharedOf(binding) });
        else if (event === 'refreshed') this.tellRefresh(binding);
        else {
          const { device, key, registeredAt } = binding;
          this.refreshed.delete(binding);
          const removed = { deviceId: device.deviceId, key, registeredAt, reason: event };
          bus.publish('signalling.binding-removed', { process: own, ...removed });
        }
      }),
      bus.subscribe(
        ['signalling.binding-kept', 'signalling.bindings-refreshed', 'signalling.binding-removed'],
        (event) => {
          if (event.process === own) return;
          if ('binding' in event) registrar.adopt(bindingOf(event.binding));
          else if ('bindings' in event) {
            for (const { deviceId, key, ...times } of event.bindings) registrar.adoptTimes({ deviceId, key }, times);
          } else registrar.adoptRemoval(event, event.reason);
        },
      ),
      bus.handle(
        'signalling.bindings',
        ({ start, count }) => ({ ok: true, bindings: [...page(registrar.all(), start, count)].map(sharedOf) }),
        { ownerId: ownerIdOf(own) },
      ),
    ];
  }

  /** What another process knows, where one runs: more than the database, which knows no flows and lags behind. */
  async learn(): Promise<void> {
    const { registrar } = this.parts;
    await learnFromOthers(this.parts, async (ask) => {
      for (let start = 0; ; start += PAGE) {
        const answer = await ask('signalling.bindings', { start, count: PAGE });
        if (!answer.ok) return false;
        for (const binding of answer.bindings) registrar.adopt(bindingOf(binding));
        if (answer.bindings.length < PAGE) return true;
      }
    });
  }

  close(): void {
    this.stopTimer?.();
    for (const stop of this.stops) stop();
  }

  private tellRefresh(binding: Binding): void {
    this.refreshed.add(binding);
    this.stopTimer ??= this.parts.clock.after(REFRESHES_MS, () => {
      this.stopTimer = undefined;
      const bindings = [...this.refreshed].map(
        ({ device, key, callId, cseq, branchHash, registeredAt, expiresAt }) => ({
          ...{ deviceId: device.deviceId, key, callId, cseq, branchHash, registeredAt, expiresAt },
        }),
      );
      this.refreshed = new Set();
      this.parts.bus.publish('signalling.bindings-refreshed', { process: this.parts.place.own, bindings });
    });
  }
}

function* page<Item>(items: Iterable<Item>, start: number, count: number): Generator<Item> {
  let at = 0;
  for (const item of items) {
    if (at >= start + count) return;
    if (at >= start) yield item;
    at += 1;
  }
}

function sharedOf(binding: Binding): SharedBinding {
  return { ...binding, device: { ...binding.device }, path: [...binding.path] };
}

function bindingOf(shared: SharedBinding): Binding {
  const device: DeviceIdentity = shared.device;
  return { ...shared, device, contactExpires: shared.contactExpires };
}
