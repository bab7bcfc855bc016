import type { RoomId } from '@carillon/domain';
import type { Clock } from '@carillon/service-runtime';

const MOST_WRONG_PINS = 15;
const WRONG_PIN_WINDOW_MS = 10 * 60_000;

/**
 * Counts wrong PINs of a room over all calls: a caller who hangs up and calls again gains nothing. Users of the
 * organisation are let try in any case, so that a stranger cannot lock them out.
 */
export class PinGuard {
  private readonly wrong = new Map<RoomId, number[]>();

  constructor(private readonly clock: Clock) {}

  /** Too many were wrong lately: strangers are not asked. */
  isClosed(roomId: RoomId): boolean {
    return this.recent(roomId).length >= MOST_WRONG_PINS;
  }

  noteWrong(roomId: RoomId): void {
    this.wrong.set(roomId, [...this.recent(roomId), this.clock.now()].slice(-MOST_WRONG_PINS));
  }

  private recent(roomId: RoomId): number[] {
    const since = this.clock.now() - WRONG_PIN_WINDOW_MS;
    const recent = (this.wrong.get(roomId) ?? []).filter((at) => at > since);
    if (recent.length === 0) this.wrong.delete(roomId);
    return recent;
  }
}
