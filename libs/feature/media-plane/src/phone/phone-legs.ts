import type { EndpointId } from '@carillon/domain';
import type { PhoneLeg } from './phone-leg.js';

/** The legs whose endpoints live in this process. */
export class PhoneLegs {
  private readonly byEndpoint = new Map<string, PhoneLeg>();

  /** @param removed told of each leg that goes, whatever the reason */
  constructor(private readonly removed: (leg: PhoneLeg) => void) {}

  add(leg: PhoneLeg): void {
    this.byEndpoint.set(leg.endpointId, leg);
  }

  find(endpointId: string): PhoneLeg | undefined {
    return this.byEndpoint.get(endpointId);
  }

  remove(endpointId: string): PhoneLeg | undefined {
    const leg = this.byEndpoint.get(endpointId);
    this.byEndpoint.delete(endpointId);
    if (leg !== undefined) this.removed(leg);
    return leg;
  }

  /** SDP names of what a leg speaks, or could: for the other leg's preference. */
  codecsOf(endpointId: EndpointId | undefined): string[] {
    const leg = endpointId === undefined ? undefined : this.byEndpoint.get(endpointId);
    if (leg === undefined) return [];
    if (leg.agreed !== null) return [leg.agreed.codec.name];
    return leg.remoteOffer?.audio.codecs.map(({ codec }) => codec.name) ?? [];
  }

  get count(): number {
    return this.byEndpoint.size;
  }

  all(): PhoneLeg[] {
    return [...this.byEndpoint.values()];
  }
}
