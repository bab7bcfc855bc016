import { expect, it } from 'vitest';
import type { DialogCopy } from '../api/dialog-copy.js';
import { Dialog } from './dialog.js';

const COPY: DialogCopy = {
  id: { callId: 'c1', localTag: 'ours', remoteTag: 'theirs' },
  local: '<sip:bob@example.org>;tag=ours',
  remote: '<sip:alice@example.org>;tag=theirs',
  remoteTarget: 'sip:alice@192.0.2.1:40000;transport=tcp',
  routeSet: [],
  localSequence: 7,
  remoteSequence: 2,
  flowId: 'tcp:192.0.2.9:5060-192.0.2.1:40000',
  secure: false,
};

it('a dialog that moves twice while its connection is gone is still known to have had one', () => {
  const nowhere = (): undefined => undefined;
  const second = Dialog.resumed(COPY, nowhere)?.copy();
  expect(second?.flowId).toBe(COPY.flowId);
  const third = second && Dialog.resumed(second, nowhere);
  const way = { find: nowhere, awaitAnother: () => nowhere };
  third?.reachBy(way);
  expect(third?.wayByConnection).toBe(way);
});

it('one that was reached by its Contact alone has no connection to wait for', () => {
  const dialog = Dialog.resumed({ ...COPY, flowId: null }, () => undefined);
  dialog?.reachBy({ find: () => undefined, awaitAnother: () => () => undefined });
  expect(dialog?.wayByConnection).toBeUndefined();
  expect(dialog?.copy().flowId).toBeNull();
});

it('a call to a sips: URI that came in the clear is still answered there, whether or not its way is known', () => {
  const secure = { ...COPY, secure: true };
  const inClear = { ...secure, flowId: null, cameInClear: true };
  const first = Dialog.resumed(inClear, () => undefined);
  expect(first?.secureHops).toBe(false);
  const second = first && Dialog.resumed(first.copy(), () => undefined);
  expect(second?.secureHops).toBe(false);
  expect(Dialog.resumed({ ...secure, cameInClear: false }, () => undefined)?.secureHops).toBe(true);
  // Of a version before, which did not say so.
  expect(Dialog.resumed(secure, () => undefined)?.secureHops).toBe(false);
  expect(Dialog.resumed({ ...secure, flowId: null }, () => undefined)?.secureHops).toBe(true);
});

it('a plain call that had to go over TLS still has to', () => {
  const first = Dialog.resumed({ ...COPY, flowId: null, tlsAlone: true }, () => undefined);
  const second = first && Dialog.resumed(first.copy(), () => undefined);
  expect([first?.secureHops, second?.secureHops]).toEqual([true, true]);
  expect(second?.contact('sip:bob@192.0.2.9')).toBe('<sip:bob@192.0.2.9>');
  expect(Dialog.resumed({ ...COPY, flowId: null }, () => undefined)?.secureHops).toBe(false);
});
