import { buildXml, element, type XmlNode } from './xml/build-xml.js';

export const DIALOG_INFO_TYPE = 'application/dialog-info+xml';

/** One dialog of a watched phone (RFC 4235 §4.1). */
export interface WatchedDialog {
  /** Stays the same as long as the dialog lives. */
  readonly id: string;
  readonly state: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';
  /** Who called: the watched one, or the other. */
  readonly direction: 'initiator' | 'recipient';
  /**
   * Our own dialog with the watched phone: an INVITE that comes here with Replaces of it picks the call up (RFC 3891 §7.1).
   * Undefined before there is one.
   */
  readonly dialog: { readonly callId: string; readonly localTag: string; readonly remoteTag: string } | undefined;
  readonly local: DialogParty;
  readonly remote: DialogParty;
}

export interface DialogParty {
  readonly uri: string;
  readonly name: string | null;
}

/**
 * The whole state of a watched address (RFC 4235 §4). It is always `full`: what a watcher missed cannot leave a lamp on.
 * @param version counts up in each subscription, from 0
 */
export function buildDialogInfo(entity: string, version: number, dialogs: readonly WatchedDialog[]): string {
  return buildXml(
    element(
      'dialog-info',
      { xmlns: 'urn:ietf:params:xml:ns:dialog-info', version: String(version), state: 'full', entity },
      ...dialogs.map(writeDialog),
    ),
  );
}

function writeDialog({ id, dialog, direction, state, local, remote }: WatchedDialog): XmlNode {
  return element(
    'dialog',
    {
      id,
      'call-id': dialog?.callId,
      'local-tag': dialog?.localTag,
      'remote-tag': dialog?.remoteTag,
      direction,
    },
    element('state', {}, state),
    element('local', {}, ...writeParty(local)),
    element('remote', {}, ...writeParty(remote)),
  );
}

function writeParty({ uri, name }: DialogParty): XmlNode[] {
  return [element('identity', { display: name ?? undefined }, uri), element('target', { uri })];
}
