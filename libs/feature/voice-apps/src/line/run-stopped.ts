export type StopReason = 'call-ended' | 'taken-back' | 'media-lost' | 'replaced' | 'shutdown';

/** The reason of the signal that cancels a run and its verb: no failure. */
export class RunStopped extends Error {
  constructor(readonly why: StopReason) {
    super(`The voice application was stopped: ${why}`);
    this.name = 'RunStopped';
  }
}
