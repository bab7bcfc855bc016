import { randomUUID } from 'node:crypto';
import { OwnerId } from '@carillon/domain';
import { Bus } from '@carillon/event-bus';
import { createAudioEngine, SfuEngine, type AudioEngine } from '@carillon/media-engine';
import { Health, Logger, Metrics, Settings, Shutdown } from '@carillon/service-runtime';
import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { PhonePlane } from './phone/phone-plane.js';
import { SfuPlane, splitRtpPorts } from './sfu/index.js';

const AUDIO_ENGINE = Symbol('AudioEngine');
const OWNER_ID = Symbol('OwnerId of this media plane');
const SFU_WORKERS = 1;
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
      provide: PhonePlane,
      inject: [Bus, Settings, Logger, Health, Metrics, AUDIO_ENGINE, OWNER_ID],
      useFactory: (
        bus: Bus,
        { advertisedAddress }: Settings,
        logger: Logger,
        health: Health,
        metrics: Metrics,
        engine: AudioEngine,
        ownerId: OwnerId,
      ) =>
        new PhonePlane({
          bus,
          engine,
          ownerId,
          advertisedAddress,
          logger: logger.child({ part: 'phone media' }),
          health,
          metrics,
        }),
    },
    {
      provide: SfuPlane,
      inject: [Bus, Settings, Logger, Health, Metrics, AUDIO_ENGINE, OWNER_ID],
      useFactory: (
        bus: Bus,
        settings: Settings,
        logger: Logger,
        health: Health,
        metrics: Metrics,
        audio: AudioEngine,
        ownerId: OwnerId,
      ) => {
        const ports = splitRtpPorts(settings.rtpPorts, SFU_WORKERS);
        const engine = new SfuEngine({
          audio,
          listenAddress: settings.http.host,
          announcedAddress: settings.advertisedAddress,
          webRtcPorts: ports.webRtc,
          bridgePorts: ports.bridge,
        });
        return new SfuPlane({ bus, engine, ownerId, logger: logger.child({ part: 'meeting media' }), health, metrics });
      },
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
