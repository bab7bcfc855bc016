import { Gauge } from 'prom-client';
import { handleAudio } from './handle-audio.js';
import { handleClosing } from './handle-closing.js';
import { handleNegotiation } from './handle-negotiation.js';
import { handleOpening } from './handle-opening.js';
import { NamedAddresses } from './named-addresses.js';
import { PhoneLegs } from './phone-legs.js';
import type { PhoneParts } from './phone-parts.js';
import { publishMediaEvents } from './publish-media-events.js';
import { publishWebRtcEvents } from './publish-webrtc-events.js';

/** Phones' media on the bus: `media.*` commands in, `media.*` events out. */
export class PhonePlane {
  private readonly parts: PhoneParts;
  private readonly stops: (() => void)[] = [];

  constructor(parts: Omit<PhoneParts, 'legs' | 'names'> & Partial<Pick<PhoneParts, 'names'>>) {
    this.parts = {
      names: new NamedAddresses(),
      ...parts,
      legs: new PhoneLegs(({ endpointId }) => parts.webRtc?.close(endpointId)),
    };
  }

  /** Answers commands from now on. */
  open(): void {
    this.stops.push(
      publishMediaEvents(this.parts),
      publishWebRtcEvents(this.parts),
      ...handleOpening(this.parts),
      ...handleNegotiation(this.parts),
      ...handleAudio(this.parts),
      ...handleClosing(this.parts),
    );
    this.watch();
  }

  /** Stops answering, then closes every endpoint: recordings are finished, the other sides hear a goodbye. */
  async close(): Promise<void> {
    for (let stop = this.stops.pop(); stop !== undefined; stop = this.stops.pop()) stop();
    await this.parts.engine.close();
  }

  private watch(): void {
    const { engine, health, legs, metrics, webRtc } = this.parts;
    this.stops.push(
      health.register('phone media', () => {
        const { workers, portsInUse, portsTotal } = engine.health();
        const down = workers.filter(({ alive }) => !alive);
        if (down.length > 0) return { ok: false, detail: `${down.length} of ${workers.length} audio workers are down` };
        if (portsInUse >= portsTotal) return { ok: false, detail: `all ${portsTotal} RTP port pairs are in use` };
        return { ok: true, detail: `${portsInUse} of ${portsTotal} RTP port pairs in use` };
      }),
    );
    const meters = [
      new Gauge({
        name: 'carillon_phone_endpoints',
        help: 'Open media endpoints of phones',
        registers: [],
        collect() {
          this.set(legs.count);
        },
      }),
      new Gauge({
        name: 'carillon_browser_endpoints',
        help: 'Open media endpoints whose other side is a browser',
        registers: [],
        collect() {
          this.set(webRtc?.count ?? 0);
        },
      }),
      new Gauge({
        name: 'carillon_audio_tick_late_milliseconds',
        help: 'How late the slowest audio worker was, at worst within a second',
        registers: [],
        collect() {
          this.set(Math.max(0, ...engine.health().workers.map(({ tickLateMs }) => tickLateMs)));
        },
      }),
    ];
    for (const meter of meters) metrics.registry.registerMetric(meter);
  }
}
