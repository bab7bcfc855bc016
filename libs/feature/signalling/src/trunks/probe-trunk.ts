import type { RequestOutcome } from '@carillon/sip-stack';
import { trunkAddress, trunkUri } from './trunk-address.js';
import type { TrunkLine } from './trunk-line.js';
import type { TrunkParts } from './trunk-parts.js';

/** Pause between two questions, shorter while the other side does not answer, and how much of it is left to chance. */
const PAUSE_MS = { reachable: 60_000, unreachable: 15_000 } as const;
const JITTER = 0.2;
/** Longer than most take, shorter than anybody likes to wait at a button. */
const ANSWER_WITHIN_MS = 5_000;

export interface Probe {
  readonly reachable: boolean;
  readonly status: number;
  readonly reason: string;
  readonly milliseconds: number;
}

/** Asks whether the other side is there (OPTIONS, RFC 3261 §11). Any answer but 408 and 503 says that it is. */
export async function probeTrunk(parts: TrunkParts, line: TrunkLine): Promise<Probe> {
  const { trunk, domain } = line;
  const credentials = parts.credentialsOf(trunk);
  const began = parts.clock.now();
  const user = trunk.credentials?.username;
  const asked = parts.userAgent.request({
    method: 'OPTIONS',
    target: trunkUri(trunk),
    from: `<${user === undefined ? `sip:${domain}` : trunkAddress(trunk, user)}>`,
    contact: true,
    ...(credentials === undefined ? {} : { credentials }),
  });
  const outcome = await Promise.race([asked, silence(parts)]);
  const reachable = outcome.ok || (outcome.cause === 'response' && outcome.status !== 408 && outcome.status !== 503);
  const reason = (outcome.ok ? outcome.response.reason : outcome.reason) || 'No answer';
  const milliseconds = Math.round(parts.clock.now() - began);
  line.checkedAt = parts.clock.now();
  line.reachable = reachable ? 'yes' : 'no';
  if (line.registration !== 'failed') line.problem = reachable ? null : `${outcome.status} ${reason}`;
  return { reachable, status: outcome.status, reason, milliseconds };
}

/** Asks again and again until the line is closed. */
export async function watchTrunk(parts: TrunkParts, line: TrunkLine): Promise<void> {
  const { signal } = line.closing;
  while (!signal.aborted) {
    const before = line.reachable;
    await probeTrunk(parts, line);
    if (line.reachable !== before && !signal.aborted)
      parts.logger.info({ trunk: line.trunk.name, reachable: line.reachable }, 'A trunk changed');
    const pause = line.reachable === 'yes' ? PAUSE_MS.reachable : PAUSE_MS.unreachable;
    await new Promise<void>((settle) => {
      const stop = parts.clock.after(pause * (1 - JITTER * parts.random()), settle);
      const end = (): void => {
        stop();
        settle();
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

function silence({ clock }: TrunkParts): Promise<RequestOutcome> {
  return new Promise((settle) => {
    clock.after(ANSWER_WITHIN_MS, () => settle({ ok: false, status: 408, reason: 'No answer', cause: 'timeout' }));
  });
}
