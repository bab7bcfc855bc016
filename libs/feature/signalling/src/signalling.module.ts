import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Database } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { openCertificateKey, openHepKey, openTrunkPassword, SecretBox } from '@carillon/identity';
import {
  Certificates,
  Clock,
  Health,
  Logger,
  Metrics,
  Settings,
  Shutdown,
  TrustedProxies,
} from '@carillon/service-runtime';
import { joinSipWorkers } from '@carillon/sip-stack';
import { startSignalling, type RunningSignalling } from './signalling.js';
import type { SecureSip } from './sip/secure-sip.js';
import { SipWebSocket } from './sip/sip-web-socket.js';
import { followUploadedCertificates } from './sip/uploaded-certificates.js';

/** Goodbyes are sent and records written within this. */
const CLOSE_LIMIT_MS = 10_000;

/** SIP: registrations, calls, message lamps. */
@Module({
  providers: [
    {
      provide: SipWebSocket,
      inject: [Logger, Settings],
      useFactory: (logger: Logger, { trustedProxies }: Settings) =>
        new SipWebSocket(logger.child({ part: 'signalling' }), new TrustedProxies(trustedProxies)),
    },
  ],
  exports: [SipWebSocket],
})
export class SignallingModule implements OnModuleInit, OnApplicationBootstrap {
  @Inject(Settings) private readonly settings!: Settings;
  @Inject(Database) private readonly database!: Database;
  @Inject(Bus) private readonly bus!: Bus;
  @Inject(Clock) private readonly clock!: Clock;
  @Inject(Logger) private readonly logger!: Logger;
  @Inject(Metrics) private readonly metrics!: Metrics;
  @Inject(Health) private readonly health!: Health;
  @Inject(Shutdown) private readonly shutdown!: Shutdown;
  @Inject(SecretBox) private readonly box!: SecretBox;
  @Inject(SipWebSocket) private readonly webSocket!: SipWebSocket;

  private running: RunningSignalling | undefined;
  private certificates: Certificates | undefined;
  private stopFollowing: (() => void) | undefined;

  async onModuleInit(): Promise<void> {
    const { settings, database, bus, clock, metrics, webSocket } = this;
    const logger = this.logger.child({ part: 'signalling' });
    const secure = await this.openSecure(logger);
    const pinning = await joinSipWorkers();
    const running = await startSignalling({
      ...{ settings, database, bus, clock, logger, metrics, webSocket, secure, pinning },
      proxySecret: this.box.derive('sip-proxy'),
      unsealTrunkPassword: (sealed) => openTrunkPassword(this.box, sealed),
      unsealHepKey: (sealed) => openHepKey(this.box, sealed),
    });
    this.running = running;
    this.health.register('signalling', () => running.check());
  }

  /** Registered late, so closed early: calls end while media and applications still answer. */
  onApplicationBootstrap(): void {
    this.shutdown.register('signalling', () => this.close(), CLOSE_LIMIT_MS);
  }

  /** Certificates are needed only where TLS is taken. */
  private async openSecure(logger: Logger): Promise<SecureSip | undefined> {
    const { settings, clock, database, bus } = this;
    const { sipPort, wssPort } = settings.tls;
    if (sipPort === undefined && wssPort === undefined) return undefined;
    this.certificates = await Certificates.open(settings, { clock, logger });
    this.stopFollowing = await followUploadedCertificates(this.certificates, {
      ...{ database, bus, logger },
      unsealKey: (sealed) => openCertificateKey(this.box, sealed),
    });
    return { ports: settings.tls, certificates: this.certificates };
  }

  private async close(): Promise<void> {
    this.stopFollowing?.();
    this.certificates?.close();
    await this.running?.close();
  }
}
