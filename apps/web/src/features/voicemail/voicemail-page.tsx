import { Text } from '@mantine/core';
import { IconRecordMail } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/api.js';
import { useMe } from '../../api/queries.js';
import { keyOf } from '../../api/query-keys.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { useDeleteVoicemail } from './use-delete-voicemail.js';
import classes from './voicemail.module.css';
import { VoicemailRow } from './voicemail-row.js';

/** The user's mailbox. */
export function VoicemailPage() {
  const me = useMe();
  const voicemails = useQuery({
    queryKey: keyOf('voicemails'),
    queryFn: ({ signal }) => call('voicemails', { signal }),
    enabled: me.voicemail !== null,
  });
  const [openId, setOpenId] = useState<string | null>(null);
  const { hidden, remove } = useDeleteVoicemail();
  if (me.voicemail === null) {
    return (
      <Page title="Voicemail">
        <EmptyState
          icon={<IconRecordMail size={28} />}
          title="You have no mailbox"
          hint="An administrator can switch voicemail on for you."
        />
      </Page>
    );
  }
  return (
    <Page
      title="Voicemail"
      description={me.voicemail.newCount === 0 ? 'No new messages' : `${me.voicemail.newCount} new`}
    >
      <div className={classes['panel']}>
        <Loaded query={voicemails} what="your voicemail">
          {(all) => {
            const list = all.filter((one) => !hidden.has(one.voicemailMessageId));
            return list.length === 0 ? (
              <EmptyState
                icon={<IconRecordMail size={28} />}
                title="Your mailbox is empty"
                hint="Callers reach it when you are busy or do not answer. On your phone, dial *97 to listen."
              />
            ) : (
              <ul className={classes['rows']} aria-label="Voicemail messages">
                {list
                  .toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))
                  .map((voicemail) => (
                    <VoicemailRow
                      key={voicemail.voicemailMessageId}
                      voicemail={voicemail}
                      open={openId === voicemail.voicemailMessageId}
                      onOpen={(open) => setOpenId(open ? voicemail.voicemailMessageId : null)}
                      onDelete={() => remove(voicemail)}
                    />
                  ))}
              </ul>
            );
          }}
        </Loaded>
      </div>
      <Text size="sm" c="dimmed" mt="md">
        Messages are also on your phone: dial *97 and enter your PIN.
      </Text>
    </Page>
  );
}
