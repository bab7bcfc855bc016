import type { KeepAliveOptions } from '../api/flow.js';
import type { SipFlow } from '../transport/sip-flow.js';
import type { HandOverFrame, HandOverKind } from './pinning.js';

/** Connections that are watched for one other worker at most. */
const MAX_WATCHES = 200_000;

/** What a frame about a watch says. */
interface WatchNote {
  /** Number of the watch with the worker that wants it. */
  readonly watch: number;
  readonly role?: 'ask' | 'expect';
  readonly intervalSeconds?: number;
  readonly reason?: string;
}

type Tell = (worker: number, frame: HandOverFrame) => void;

/** Keep-alives of connections that one worker holds and another needs. */
export class RemoteWatches {
  /** What we have asked others for. */
  private readonly wanted = new Map<number, (reason: string) => void>();
  /** What we do for others: the watches of each worker by their numbers there. */
  private readonly given = new Map<number, Map<number, () => void>>();
  private lastWatch = 0;

  constructor(
    private readonly tell: Tell,
    private readonly ownWorker: number,
  ) {}

  /** Asks the worker that holds the connection. @returns ends the watch */
  want(worker: number, id: string, { role, intervalSeconds, onDead }: KeepAliveOptions): () => void {
    this.lastWatch += 1;
    const watch = this.lastWatch;
    this.wanted.set(watch, onDead);
    this.note(worker, 'watch', id, { watch, role, intervalSeconds });
    return () => {
      if (this.wanted.delete(watch)) this.note(worker, 'unwatch', id, { watch });
    };
  }

  /** @param flow our connection; undefined where it is gone */
  take(from: number, frame: HandOverFrame, flow: SipFlow | undefined): void {
    const note = readNote(frame.bytes);
    if (note === undefined) return;
    const { watch, role, intervalSeconds } = note;
    if (frame.kind === 'dead') {
      const onDead = this.wanted.get(watch);
      this.wanted.delete(watch);
      onDead?.(note.reason ?? 'no answer');
      return;
    }
    const watches = this.given.get(from) ?? new Map<number, () => void>();
    this.given.set(from, watches);
    watches.get(watch)?.();
    watches.delete(watch);
    if (frame.kind === 'unwatch' || role === undefined || intervalSeconds === undefined) return;
    const onDead = (reason: string): void => {
      watches.delete(watch);
      this.note(from, 'dead', frame.id, { watch, reason });
    };
    if (flow === undefined) onDead('connection closed');
    else if (watches.size < MAX_WATCHES) watches.set(watch, flow.keepAlive({ role, intervalSeconds, onDead }));
  }

  /** Nobody there waits for what we watch any more. */
  gone(worker: number): void {
    for (const stop of this.given.get(worker)?.values() ?? []) stop();
    this.given.delete(worker);
  }

  private note(worker: number, kind: HandOverKind, id: string, note: WatchNote): void {
    this.tell(worker, { kind, id, holder: this.ownWorker, bytes: Buffer.from(JSON.stringify(note)) });
  }
}

function readNote(bytes: Buffer): WatchNote | undefined {
  try {
    const note: unknown = JSON.parse(bytes.toString());
    return isNote(note) ? note : undefined;
  } catch {
    // Not one of ours.
    return undefined;
  }
}

function isNote(note: unknown): note is WatchNote {
  return typeof note === 'object' && note !== null && 'watch' in note && typeof note.watch === 'number';
}
