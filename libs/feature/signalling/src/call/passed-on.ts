import type { DeviceId } from '@carillon/domain';
import type { UnfinishedCopy } from '@carillon/sip-stack';

/** A call that only passes through us: it has no dialogs and INVITEs of ours, but we are who its caller waits for. */
export interface PassedOn {
  /** How many phones were called so far. */
  readonly begun: number;
  /** What its caller and the phones that ring would have to be told, if we die. */
  unfinished(): readonly { readonly open: UnfinishedCopy; readonly deviceId: DeviceId | null }[];
}
