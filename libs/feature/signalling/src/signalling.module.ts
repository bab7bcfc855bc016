import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { Clock, Health, Logger, Metrics, Settings, Shutdown } from '@carillon/service-runtime';
import { startSignalling } from './signalling.js';
import { SipWebSocket } from './sip/sip-web-socket.js';

/** SIP: registrations, calls, message lamps. */
@Module({
  providers: [
    {
      provide: SipWebSocket,
      inject: [Logger],
      useFactory: (logger: Logger) => new SipWebSocket(logger.child({ part: 'signalling' })),
    },
  ],
  exports: [SipWebSocket],
})
export class SignallingModule implements OnModuleInit {
  @Inject(Settings) private readonly settings!: Settings;
  @Inject(Database) private readonly database!: Database;
  @Inject(Bus) private readonly bus!: Bus;
  @Inject(Clock) private readonly clock!: Clock;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Health) private readonly health!: Health;
  @Inject(Shutdown) private readonly shutdown!: Shutdown;
  @Inject(SipWebSocket) private readonly webSocket!: SipWebSocket;

  async onModuleInit(): Promise<void> {
    const { settings, database, bus, clock, metrics, webSocket } = this;
    const logger = this.logger.child({ part: 'signalling' });
    const running = await startSignalling({ settings, database, bus, clock, logger, metrics, webSocket });
    this.health.register('signalling', () => running.check());
    this.shutdown.register('signalling', () => running.close(), 10_000);
  }
}
