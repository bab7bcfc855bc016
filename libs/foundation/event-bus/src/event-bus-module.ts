import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Logger, Shutdown } from '@carillon/service-runtime';
import { Bus } from './bus.js';
import type { BusTransport } from './bus-transport.js';
import { MemoryTransport } from './memory-transport.js';
import { TypedBus } from './typed-bus.js';

/** Gives every module the `Bus`. */
@Module({})
export class EventBusModule implements OnModuleInit {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  /** @param transport in memory unless told otherwise */
  static forRoot(transport: BusTransport = new MemoryTransport()): DynamicModule {
    return {
      module: EventBusModule,
      global: true,
      providers: [
        {
          provide: Bus,
          inject: [Logger],
          useFactory: (logger: Logger) =>
            new TypedBus(transport, logger.child({ part: 'bus' }), { trustsOwnWords: true }),
        },
      ],
      exports: [Bus],
    };
  }

  onModuleInit(): void {
    this.shutdown.register('event bus', () => this.bus.close());
  }
}
