import { expect, it } from 'vitest';
import { buildMessageSummary } from './message-summary.js';

it('says whether the lamp shines, and how many messages there are', () => {
  expect(buildMessageSummary('sip:1001@example.org', { newCount: 2, oldCount: 8 })).toBe(
    'Messages-Waiting: yes\r\nMessage-Account: sip:1001@example.org\r\nVoice-Message: 2/8 (0/0)\r\n',
  );
  expect(buildMessageSummary('sip:1001@example.org', { newCount: 0, oldCount: 8 })).toContain(
    'Messages-Waiting: no\r\n',
  );
});
