import type { Voicemail } from '@carillon/contracts';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '../../api/api.js';
import { keyOf } from '../../api/query-keys.js';
import { partyName } from '../../ui/call-words.js';
import { notifyFailure } from '../../ui/notify.js';

const UNDO_MS = 6_000;

/** Deletes with a moment to undo: the message leaves the list at once, the server is told when the moment is over. */
export function useDeleteVoicemail() {
  const queries = useQueryClient();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const waiting = useRef(new Map<string, { timer: ReturnType<typeof setTimeout>; run: () => Promise<void> }>());

  const restore = useCallback((id: string) => {
    setHidden((known) => new Set([...known].filter((one) => one !== id)));
  }, []);

  const remove = useCallback(
    (voicemail: Voicemail) => {
      const id = voicemail.voicemailMessageId;
      const run = async () => {
        waiting.current.delete(id);
        notifications.hide(id);
        try {
          await call('deleteVoicemail', { params: { voicemailMessageId: id } });
          await queries.invalidateQueries({ queryKey: keyOf('voicemails') });
        } catch (error) {
          restore(id);
          notifyFailure(error, 'The message was not deleted');
        }
      };
      const undo = () => {
        clearTimeout(waiting.current.get(id)?.timer);
        waiting.current.delete(id);
        notifications.hide(id);
        restore(id);
      };
      setHidden((known) => new Set(known).add(id));
      waiting.current.set(id, { timer: setTimeout(() => void run(), UNDO_MS), run });
      notifications.show({
        id,
        autoClose: UNDO_MS,
        withCloseButton: false,
        message: (
          <Group justify="space-between">
            <Text size="sm">Message from {partyName(voicemail.from)} deleted.</Text>
            <Button size="compact-sm" variant="default" onClick={undo}>
              Undo
            </Button>
          </Group>
        ),
      });
    },
    [queries, restore],
  );

  useEffect(() => {
    const open = waiting.current;
    return () => {
      // Leaving the page ends the moment.
      for (const { timer, run } of open.values()) {
        clearTimeout(timer);
        void run();
      }
    };
  }, []);
  return { hidden, remove };
}
