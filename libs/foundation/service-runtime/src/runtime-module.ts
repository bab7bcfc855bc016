import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { DiskSpace, readFreeBytes } from './disk-space.js';
import { Health } from './health.js';
import { Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { Settings } from './settings.js';
import { Shutdown } from './shutdown.js';

const DISK_CHECK_MS = 15_000;

/** What a program has made before Nest starts. */
export interface RuntimeParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
}

/** Gives every module `Settings`, `Logger`, `Clock`, `Health`, `Metrics`, `Shutdown` and `DiskSpace`. */
@Module({})
export class RuntimeModule implements OnModuleInit {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(DiskSpace) private readonly disk: DiskSpace,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  static forRoot({ settings, logger, shutdown }: RuntimeParts): DynamicModule {
    const metrics = new Metrics();
    metrics.collectProcessFigures();
    const providers = [
      { provide: Settings, useValue: settings },
      { provide: Logger, useValue: logger },
      { provide: Shutdown, useValue: shutdown },
      { provide: Metrics, useValue: metrics },
      { provide: Clock, useValue: new SystemClock() },
      { provide: Health, useValue: new Health(logger) },
      { provide: DiskSpace, useValue: new DiskSpace(logger, () => readFreeBytes(settings.dataDir)) },
    ];
    return { module: RuntimeModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }

  onModuleInit(): void {
    this.health.register('disk', () => this.disk.check());
    const look = (): void => {
      this.disk.check().catch((error: unknown) => this.logger.error({ error }, 'Cannot read the free disk space'));
    };
    const timer = setInterval(look, DISK_CHECK_MS);
    timer.unref();
    this.shutdown.register('disk watch', () => clearInterval(timer));
  }
}
