import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { buildDialogInfo, type WatchedDialog } from './dialog-info.js';
import { readXml, type XmlElement } from './xml/read-xml.js';

function read(text: string): XmlElement {
  const result = readXml(text);
  if (!result.ok) throw new Error(result.reason);
  return result.root;
}

const DIALOG: WatchedDialog = {
  id: 'as7d900as8',
  state: 'early',
  direction: 'recipient',
  dialog: { callId: 'a84b4c76e66710', localTag: 'ours', remoteTag: 'theirs' },
  local: { uri: 'sip:1002@one.test', name: null },
  remote: { uri: 'sip:1001@one.test', name: 'A & "B"' },
};

/** Names of elements and attributes, in order: what a schema looks at. */
function shape({ name, attributes, children }: XmlElement): unknown {
  return [name, [...attributes.keys()], ...children.map(shape)];
}

it('says what RFC 4235 prints for a dialog that rings', () => {
  const printed = read(readFileSync(new URL('../../vectors/xml/rfc4235-01-dialog-info.xml', import.meta.url), 'utf8'));
  const bare = read(buildDialogInfo('sip:alice@example.com', 0, []));
  expect([bare.namespace, bare.name, [...bare.attributes].toSorted(([a], [b]) => a.localeCompare(b))]).toEqual([
    printed.namespace,
    printed.name,
    [...printed.attributes].toSorted(([a], [b]) => a.localeCompare(b)),
  ]);
  const built = read(buildDialogInfo('sip:1002@one.test', 3, [DIALOG]));
  expect(shape(built)).toEqual([
    'dialog-info',
    ['version', 'state', 'entity'],
    [
      'dialog',
      ['id', 'call-id', 'local-tag', 'remote-tag', 'direction'],
      ['state', []],
      ['local', [], ['identity', []], ['target', ['uri']]],
      ['remote', [], ['identity', ['display']], ['target', ['uri']]],
    ],
  ]);
  expect(built.children[0]?.children[2]?.children[0]?.attributes.get('display')).toBe('A & "B"');
});

it('leaves out the tags of a dialog that is not there yet', () => {
  const built = read(buildDialogInfo('sip:a@b', 0, [{ ...DIALOG, dialog: undefined }]));
  expect([...(built.children[0]?.attributes.keys() ?? [])]).toEqual(['id', 'direction']);
});
