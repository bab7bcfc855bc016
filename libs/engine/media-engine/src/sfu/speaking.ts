import type { Speaker } from './sfu-event.js';

/** Below this one is not speaking, dBov. */
export const SPEAKING_THRESHOLD_DB = -60;
/** At most five times a second. */
export const SPEAKING_INTERVAL_MS = 200;

/**
 * Who speaks in a room, gathered from two observers: mediasoup's for browsers (it reads the level that each packet
 * carries, RFC 6464) and the mix's for phones (which send no such level). Tells only changes of who speaks.
 */
export class Speaking {
  private browsers: readonly Speaker[] = [];
  private phones: readonly Speaker[] = [];
  private told = '';

  constructor(private readonly tell: (speakers: readonly Speaker[]) => void) {}

  hearBrowsers(speakers: readonly Speaker[]): void {
    this.browsers = speakers;
    this.update();
  }

  hearPhones(speakers: readonly Speaker[]): void {
    this.phones = speakers;
    this.update();
  }

  /** One who left speaks no more. */
  forget(participantId: string): void {
    const others = (speakers: readonly Speaker[]): Speaker[] =>
      speakers.filter((speaker) => speaker.participantId !== participantId);
    this.browsers = others(this.browsers);
    this.phones = others(this.phones);
    this.update();
  }

  private update(): void {
    const loudest = new Map<string, Speaker>();
    for (const speaker of [...this.browsers, ...this.phones]) {
      const before = loudest.get(speaker.participantId);
      if (before === undefined || before.levelDb < speaker.levelDb) loudest.set(speaker.participantId, speaker);
    }
    const speakers = [...loudest.values()].sort((a, b) => b.levelDb - a.levelDb);
    const now = speakers.map(({ participantId }) => participantId).join();
    if (now === this.told) return;
    this.told = now;
    this.tell(speakers);
  }
}
