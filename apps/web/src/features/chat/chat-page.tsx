import { Button, Center, Stack } from '@mantine/core';
import { useDisclosure, useDocumentTitle, useMediaQuery } from '@mantine/hooks';
import { IconMessageCircle, IconPencilPlus } from '@tabler/icons-react';
import { useParams } from 'react-router';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import classes from './chat.module.css';
import { ConversationList } from './conversation-list.js';
import { ConversationView } from './conversation-view.js';
import { NewConversation } from './new-conversation.js';
import { useConversations } from './use-conversations.js';

/** Conversations beside the open one; on phones one or the other. */
export function ChatPage() {
  useDocumentTitle('Chat · Carillon');
  const { conversationId } = useParams();
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [creating, { open, close }] = useDisclosure(false);
  const conversations = useConversations();
  const chosen = conversations.data?.find((one) => one.conversationId === conversationId);
  return (
    <div className={classes['chat']}>
      {(!narrow || conversationId === undefined) && (
        <section className={classes['list']} aria-label="Conversations">
          <Loaded query={conversations} what="your conversations">
            {(list) => <ConversationList conversations={list} onNew={open} />}
          </Loaded>
        </section>
      )}
      {(!narrow || conversationId !== undefined) && (
        <section className={classes['conversation']} aria-label="Conversation">
          {chosen !== undefined ? (
            <ConversationView key={chosen.conversationId} conversation={chosen} />
          ) : (
            <Center h="100%">
              <Stack>
                <EmptyState
                  icon={<IconMessageCircle size={28} />}
                  title={
                    conversationId === undefined || conversations.data === undefined
                      ? 'Pick a conversation'
                      : 'This conversation does not exist'
                  }
                  hint="Choose one on the left, or write to a colleague."
                  action={
                    <Button leftSection={<IconPencilPlus size={18} />} onClick={open}>
                      New conversation
                    </Button>
                  }
                />
              </Stack>
            </Center>
          )}
        </section>
      )}
      <NewConversation opened={creating} onClose={close} />
    </div>
  );
}
