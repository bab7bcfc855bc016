/** Counts of a mailbox. */
export interface MailboxCounts {
  readonly newCount: number;
  readonly oldCount: number;
}

export const MESSAGE_SUMMARY_TYPE = 'application/simple-message-summary';

/** The body of RFC 3842 §5.2: whether the lamp shines, where the messages are, how many. */
export function buildMessageSummary(account: string, { newCount, oldCount }: MailboxCounts): string {
  return [
    `Messages-Waiting: ${newCount > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${newCount}/${oldCount} (0/0)`,
    '',
  ].join('\r\n');
}
