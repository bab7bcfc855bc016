import { afterAll, afterEach, beforeAll } from 'vitest';
import { createAudioEngine } from '../engine/create-audio-engine.js';
import type { AudioCodecName, AudioEngine, AudioEngineEvent, EndpointMedia, OpenedEndpoint } from '../index.js';
import { RtpPhone } from './rtp-phone.js';
import { valueOf } from './value-of.js';

/** A phone and the endpoint that it speaks to. */
export interface Leg extends OpenedEndpoint {
  readonly phone: RtpPhone;
}

/** An audio engine, the phones around it, and what it has told during the test. */
export class AudioBench {
  engine!: AudioEngine;
  readonly events: AudioEngineEvent[] = [];
  readonly phones: RtpPhone[] = [];
  private readonly endpoints: string[] = [];

  async phone(codec: AudioCodecName): Promise<RtpPhone> {
    const phone = await RtpPhone.open(codec);
    this.phones.push(phone);
    return phone;
  }

  /** @param group endpoints of one group can be connected */
  async endpoint(group = 'call'): Promise<OpenedEndpoint> {
    const endpoint = valueOf(await this.engine.openEndpoint({ group }));
    this.endpoints.push(endpoint.endpointId);
    return endpoint;
  }

  /** @param changes to what the endpoint is told of the phone */
  async leg(codec: AudioCodecName, changes: Partial<EndpointMedia> = {}): Promise<Leg> {
    const phone = await this.phone(codec);
    const endpoint = await this.endpoint();
    valueOf(this.engine.setMedia(endpoint.endpointId, phone.media(changes)));
    return { phone, ...endpoint };
  }

  async clear(): Promise<void> {
    await Promise.all(this.phones.splice(0).map((phone) => phone.close()));
    for (const endpointId of this.endpoints.splice(0)) await this.engine.closeEndpoint(endpointId, 'test over');
    this.events.length = 0;
  }
}

/** An engine for the tests of one file; phones and endpoints are of each test. @param firstPort of a hundred */
export function useAudioEngine(firstPort: number): AudioBench {
  const bench = new AudioBench();
  beforeAll(async () => {
    bench.engine = await createAudioEngine({ portRange: { min: firstPort, max: firstPort + 99 } });
    bench.engine.on((event) => bench.events.push(event));
  });
  afterEach(() => bench.clear());
  afterAll(() => bench.engine?.close());
  return bench;
}
