import type { DeviceId } from '@carillon/domain';
import type { UnfinishedCopy } from '@carillon/sip-stack';
import type { ProxiedDialogCopy } from '../roles/proxied-dialogs.js';

/** A call that only passes through us: it has no dialogs and INVITEs of ours, but we are who its caller waits for. */
export interface PassedOn {
  /** Changes with what another process would have to know. */
  readonly mark: number;
  /** What its caller and the phones that ring would have to be told, if we die. */
  unfinished(): readonly { readonly open: UnfinishedCopy; readonly deviceId: DeviceId | null }[];
  /** Once it is answered: what another process needs to hear of its end. */
  dialog(): ProxiedDialogCopy | undefined;
}
