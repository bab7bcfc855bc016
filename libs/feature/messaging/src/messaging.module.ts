import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '@carillon/database';
import { Bus } from '@carillon/event-bus';
import { Clock, Logger, Shutdown } from '@carillon/service-runtime';
import { listConversations } from './chat/list-conversations.js';
import { markRead } from './chat/mark-read.js';
import { openConversation } from './chat/open-conversation.js';
import { readHistory } from './chat/read-history.js';
import { sendChatMessage } from './chat/send-chat-message.js';
import { tellTyping } from './chat/tell-typing.js';
import { listPresence, reportPresence, setPresence } from './presence/presence-commands.js';
import { PresenceKeeper } from './presence/presence-keeper.js';

/** Chat and presence. */
@Module({})
export class MessagingModule implements OnModuleInit {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    const { bus, database, clock } = this;
    const keeper = new PresenceKeeper(database, bus, clock, this.logger.child({ part: 'presence' }));
    const stops = [
      bus.handle('conversation.list', listConversations(database)),
      bus.handle('conversation.open', openConversation(database, bus)),
      bus.handle('conversation.history', readHistory(database)),
      bus.handle('chat-message.send', sendChatMessage(database, bus)),
      bus.handle('conversation.mark-read', markRead(database, bus)),
      bus.handle('conversation.typing', tellTyping(database, bus, clock)),
      bus.handle('presence.list', listPresence(database, keeper)),
      bus.handle('presence.report', reportPresence(keeper)),
      bus.handle('presence.set', setPresence(database, keeper)),
      keeper.start(),
    ];
    this.shutdown.register('messaging', () => {
      for (const stop of stops) stop();
    });
  }
}
