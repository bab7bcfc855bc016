import type { LadderParticipant } from '@carillon/contracts';
import { hostPort } from '@carillon/sip-stack';
import type { CallLadder, LadderDialog } from './call-ladder.js';

/** Nobody. */
const NOBODY = -1;

/** Whose each entry of a ladder is, by words that stand once. */
export class ChunkOwners {
  readonly words: string[] = [];
  /** Those who are known by their address alone. */
  readonly strangers = new Map<string, LadderParticipant>();
  /** By the place of their Call-ID in the log. */
  private readonly dialogs: readonly (LadderDialog | undefined)[];

  constructor(private readonly ladder: CallLadder) {
    const { log, dialogs } = ladder;
    this.dialogs = log.callIds.map((sipCallId) => dialogs.find((dialog) => dialog.sipCallId === sipCallId));
  }

  /** @returns place of a word, -1 for nobody */
  of(index: number): number {
    const { log } = this.ladder;
    const remark = log.remarkAt(index);
    if (remark !== undefined) return remark.participant === undefined ? NOBODY : this.wordOf(remark.participant);
    const dialog = this.dialogs[log.dialogAt(index)];
    if (dialog === undefined) return this.wordOf('unknown');
    return this.wordOf(dialog.passedOn ? this.sideOf(dialog, index) : dialog.participant);
  }

  /** The first address is the participant's own, all others are of the other side. */
  private sideOf(dialog: LadderDialog, index: number): string {
    const { remoteAddress, remotePort } = this.ladder.log.wayAt(index);
    const address = hostPort(remoteAddress, remotePort);
    dialog.address ??= address;
    if (dialog.address === address) return dialog.participant;
    this.strangers.set(address, { id: address, kind: 'callee', label: address, detail: null });
    return address;
  }

  private wordOf(text: string): number {
    const known = this.words.indexOf(text);
    return known < 0 ? this.words.push(text) - 1 : known;
  }
}
