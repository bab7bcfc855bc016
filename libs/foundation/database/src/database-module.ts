import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Health, Shutdown } from '@carillon/service-runtime';
import { Database } from './database.js';
import type { OpenedDatabase } from './open-database.js';

const OPENED = Symbol('OpenedDatabase');

/** Gives every module the `Database`. It is opened before Nest starts, so that refusals are plain sentences. */
@Module({})
export class DatabaseModule implements OnModuleInit {
  constructor(
    @Inject(OPENED) private readonly opened: OpenedDatabase,
    @Inject(Health) private readonly health: Health,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  static forRoot(opened: OpenedDatabase): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: OPENED, useValue: opened },
        { provide: Database, useValue: opened.database },
      ],
      exports: [Database],
    };
  }

  onModuleInit(): void {
    this.health.register('database', () => this.opened.database.check());
    this.shutdown.register('database', () => this.opened.close(), 40_000);
  }
}
