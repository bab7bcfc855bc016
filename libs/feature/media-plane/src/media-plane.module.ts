import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { OwnerId } from '@carillon/domain';
import { Bus } from '@carillon/event-bus';
import { createAudioEngine, SfuEngine, type AudioEngine } from '@carillon/media-engine';
import { Health, Logger, Metrics, Settings, Shutdown } from '@carillon/service-runtime';
import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { PhonePlane } from './phone/phone-plane.js';
import { SfuPlane, splitRtpPorts, type SfuPlaneParts } from './sfu/index.js';
import { webRtcHost } from './web-rtc-host.js';

const AUDIO_ENGINE = Symbol('AudioEngine');
const SFU_ENGINE = Symbol('SfuEngine');
const OWNER_ID = Symbol('OwnerId of this media plane');
/** One for each processor, up to two: a meeting is on one of them. */
/** What both planes stand on. */
type Surroundings = Pick<SfuPlaneParts, 'bus' | 'logger' | 'health' | 'metrics' | 'ownerId'>;
const SURROUNDINGS = Symbol('Surroundings');
const SFU_WORKERS = Math.min(2, availableParallelism());
/** Recordings are finished within this. */
const CLOSE_LIMIT_MS = 10_000;

/** Media of phones and meetings. Needs the runtime and event bus modules. */
@Module({
  providers: [
    // Commands about an endpoint or a room go to the one process that holds it.
    { provide: OWNER_ID, useFactory: () => OwnerId.parse(`media-${randomUUID()}`) },
    {
      provide: AUDIO_ENGINE,
      inject: [Settings],
      useFactory: (settings: Settings) =>
        createAudioEngine({
          portRange: splitRtpPorts(settings.rtpPorts, SFU_WORKERS).audio,
          // Phones reach media where they reach signalling.
          bindAddress: settings.sip.host,
        }),
    },
    {
      provide: SURROUNDINGS,
      inject: [Bus, Logger, Health, Metrics, OWNER_ID],
      useFactory: (bus: Bus, logger: Logger, health: Health, metrics: Metrics, ownerId: OwnerId): Surroundings => ({
        bus,
        logger,
        health,
        metrics,
        ownerId,
      }),
    },
    {
      provide: SFU_ENGINE,
      inject: [Settings, AUDIO_ENGINE],
      useFactory: (settings: Settings, audio: AudioEngine) => {
        const ports = splitRtpPorts(settings.rtpPorts, SFU_WORKERS);
        return new SfuEngine({
          audio,
          listenAddress: webRtcHost(settings),
          announcedAddress: settings.advertisedAddress,
          announcedAddress6: settings.advertisedAddress6,
          webRtcPorts: ports.webRtc,
          bridgePorts: ports.bridge,
        });
      },
    },
    {
      provide: PhonePlane,
      inject: [SURROUNDINGS, Settings, AUDIO_ENGINE, SFU_ENGINE],
      useFactory: (
        surroundings: Surroundings,
        { advertisedAddress, advertisedAddress6, dataDir }: Settings,
        engine: AudioEngine,
        { webRtc }: SfuEngine,
      ) =>
        new PhonePlane({
          ...surroundings,
          engine,
          webRtc,
          advertisedAddress,
          advertisedAddress6,
          dataDir,
          logger: surroundings.logger.child({ part: 'phone media' }),
        }),
    },
    {
      provide: SfuPlane,
      inject: [SURROUNDINGS, SFU_ENGINE],
      useFactory: (surroundings: Surroundings, engine: SfuEngine) =>
        new SfuPlane({ ...surroundings, engine, logger: surroundings.logger.child({ part: 'meeting media' }) }),
    },
  ],
})
export class MediaPlaneModule implements OnApplicationBootstrap {
  constructor(
    @Inject(PhonePlane) private readonly phones: PhonePlane,
    @Inject(SfuPlane) private readonly meetings: SfuPlane,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.phones.open();
    this.shutdown.register('phone media', () => this.phones.close(), CLOSE_LIMIT_MS);
    // Registered later, so closed first: meetings stand on the phones' audio.
    this.shutdown.register('meeting media', () => this.meetings.close(), CLOSE_LIMIT_MS);
    await this.meetings.open();
  }
}
