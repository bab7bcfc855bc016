import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Bus, type HubTransport } from '@carillon/event-bus';
import { Certificates, Clock, Health, Logger, Metrics, Settings, Shutdown } from '@carillon/service-runtime';
import { askProcess } from './ask-process.js';
import { CLOSE_WITHIN_MS, SignallingProcesses } from './signalling-processes.js';
import { SipWebSocketDoor } from './sip-web-socket-door.js';

const OPTIONS = Symbol('SignallingProcessesOptions');

export interface SignallingProcessesOptions {
  readonly hub: HubTransport;
  /** Added to the environment of the processes, e.g. `DATABASE_URL`. */
  readonly env: Readonly<Record<string, string>>;
}

/** SIP in processes of its own, as many as `signallingProcesses` says: in place of `SignallingModule`. */
@Module({
  providers: [
    {
      provide: SipWebSocketDoor,
      inject: [Logger],
      useFactory: (logger: Logger) => new SipWebSocketDoor(logger.child({ part: 'signalling' })),
    },
  ],
  exports: [SipWebSocketDoor],
})
export class SignallingProcessesModule implements OnApplicationBootstrap, OnApplicationShutdown {
  @Inject(OPTIONS) private readonly options!: SignallingProcessesOptions;
  @Inject(Settings) private readonly settings!: Settings;
  @Inject(Bus) private readonly bus!: Bus;
  @Inject(Clock) private readonly clock!: Clock;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Health) private readonly health!: Health;
  @Inject(Shutdown) private readonly shutdown!: Shutdown;
  @Inject(SipWebSocketDoor) private readonly door!: SipWebSocketDoor;

  private processes: SignallingProcesses | undefined;

  static forRoot(options: SignallingProcessesOptions): DynamicModule {
    return { module: SignallingProcessesModule, providers: [{ provide: OPTIONS, useValue: options }] };
  }

  /** Once everything that calls need is there. Registered late, so closed early: calls end while media still answers. */
  async onApplicationBootstrap(): Promise<void> {
    const { settings, bus, clock, door, options } = this;
    const logger = this.logger.child({ part: 'signalling' });
    const count = settings.signallingProcesses;
    await this.makeCertificate(logger);
    const processes = new SignallingProcesses({ ...options, ...{ count, bus, clock, logger, door } });
    this.processes = processes;
    this.shutdown.register('signalling', () => processes.close(), CLOSE_WITHIN_MS);
    for (let number = 0; number < count; number++) {
      this.health.register(`signalling ${number}`, () => processes.check(number));
      this.metrics.addSource(async () => {
        const answer = await askProcess(bus, number, ['signalling.metrics', {}]);
        return answer?.ok === true ? answer.metrics : [];
      });
    }
    await processes.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.processes?.close();
  }

  /** The installation's own is made here, once, and not by all of them at the same time. */
  private async makeCertificate(logger: Logger): Promise<void> {
    const { settings, clock } = this;
    if (settings.tls.sipPort === undefined && settings.tls.wssPort === undefined) return;
    const certificates = await Certificates.open(settings, { clock, logger });
    certificates.close();
  }
}
