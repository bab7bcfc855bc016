import type { Clock } from '@carillon/service-runtime';
import type { Flow } from '@carillon/sip-stack';

/** A phone that closed its connection may be about to listen, or to come back. */
const GRACE_MS = 2_000;
/** Attempts in a row that find nobody, and the phone is gone. */
const MAX_MISSES = 3;
/** While it listens without a connection to us. */
const AGAIN_MS = 30_000;

export interface ContactWatch {
  readonly clock: Clock;
  /** Whether somebody takes connections at the contact. */
  readonly listens: () => Promise<boolean>;
  /** Called once, when nobody does. */
  readonly onDead: () => void;
  /** 0 to 1: after a restart, phones are not looked at all at once. */
  readonly random?: () => number;
}

/**
 * Watches a phone on TCP or TLS that we can connect to by ourselves: its registration does not hang on the connection it
 * came over (RFC 3261 §10, §18: a contact is reached by a new one), so the end of that is only a reason to look.
 * Connecting without a word is enough to know, and no phone takes offence.
 * @param flow undefined where the connection is gone already
 * @returns stops
 */
export function watchContact(
  { clock, listens, onDead, random = Math.random }: ContactWatch,
  flow: Flow | undefined,
): () => void {
  let stopped = false;
  let misses = 0;
  let cancel: () => void = () => undefined;
  const look = (): void => {
    void listens().then((alive) => {
      if (stopped) return;
      misses = alive ? 0 : misses + 1;
      if (misses >= MAX_MISSES) onDead();
      else cancel = clock.after(alive ? AGAIN_MS : GRACE_MS, look);
    });
  };
  const beginAfter = (delayMs: number): void => {
    cancel = clock.after(delayMs, look);
  };
  const forget = flow?.open === true ? flow.onClosed(() => beginAfter(GRACE_MS)) : undefined;
  if (forget === undefined) beginAfter(GRACE_MS + random() * AGAIN_MS);
  return () => {
    stopped = true;
    forget?.();
    cancel();
  };
}
