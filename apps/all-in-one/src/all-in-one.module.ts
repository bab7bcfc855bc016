import { type DynamicModule, Module } from '@nestjs/common';
import { ConferencingModule } from '@carillon/conferencing';
import { DatabaseModule, type OpenedDatabase } from '@carillon/database';
import { EventBusModule } from '@carillon/event-bus';
import { GatewayModule } from '@carillon/gateway';
import { IdentityModule } from '@carillon/identity';
import { MediaPlaneModule } from '@carillon/media-plane';
import { MessagingModule } from '@carillon/messaging';
import { PromptsModule } from '@carillon/prompts';
import { RuntimeModule, type RuntimeParts } from '@carillon/service-runtime';
import { SignallingModule } from '@carillon/signalling';
import { VoiceAppsModule } from '@carillon/voice-apps';

/** Every feature in one process. */
@Module({})
export class AllInOneModule {
  static forRoot(runtime: RuntimeParts, database: OpenedDatabase): DynamicModule {
    return {
      module: AllInOneModule,
      imports: [
        RuntimeModule.forRoot(runtime),
        DatabaseModule.forRoot(database),
        EventBusModule.forRoot(),
        IdentityModule.forRoot(),
        PromptsModule,
        MediaPlaneModule,
        SignallingModule,
        ConferencingModule,
        VoiceAppsModule,
        MessagingModule,
        GatewayModule,
      ],
    };
  }
}
