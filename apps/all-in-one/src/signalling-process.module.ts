import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseModule, type OpenedDatabase } from '@carillon/database';
import { EventBusModule, type BusTransport } from '@carillon/event-bus';
import { IdentityModule } from '@carillon/identity';
import { RuntimeModule, type RuntimeParts } from '@carillon/service-runtime';
import { SignallingModule } from '@carillon/signalling';

/** Signalling alone: one of several processes that share its ports. */
@Module({})
export class SignallingProcessModule {
  static forRoot(runtime: RuntimeParts, database: OpenedDatabase, transport: BusTransport): DynamicModule {
    return {
      module: SignallingProcessModule,
      imports: [
        RuntimeModule.forRoot(runtime),
        DatabaseModule.forRoot(database),
        EventBusModule.forRoot(transport),
        IdentityModule.forRoot(),
        SignallingModule,
      ],
    };
  }
}
