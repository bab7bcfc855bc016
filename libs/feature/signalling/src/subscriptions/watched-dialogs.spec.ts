import { parseEvent } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import type { WatchedDialog } from './dialog-info.js';
import { isAskedFor, readOnlyDialog } from './watched-dialogs.js';

const party = { uri: 'sip:1002@one.test', name: null };
const DIALOG: WatchedDialog = {
  ...{ id: 'a', state: 'early', direction: 'recipient', local: party, remote: party },
  dialog: { callId: 'call@one', localTag: 'ours', remoteTag: 'theirs' },
};

it.each([
  ['dialog', true],
  ['dialog;sla', true],
  ['dialog;call-id="call@one";to-tag=ours;from-tag=theirs', true],
  ['dialog;call-id="call@one";to-tag=ours;from-tag=others', false],
  ['dialog;call-id="call@one";to-tag=others;from-tag=theirs', false],
  ['dialog;call-id=another;to-tag=ours;from-tag=theirs', false],
  // All that one INVITE has made.
  ['dialog;call-id="call@one";to-tag=ours', true],
])('a subscription to %s is for the dialog: %s (RFC 4235 §3.2)', (event, expected) => {
  const parsed = parseEvent(event);
  if (parsed === undefined) throw new Error(event);
  expect(isAskedFor(DIALOG, readOnlyDialog(parsed))).toBe(expected);
  // One that has no name yet is nobody's.
  expect(isAskedFor({ ...DIALOG, dialog: undefined }, readOnlyDialog(parsed))).toBe(!event.includes('call-id'));
});
