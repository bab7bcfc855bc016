import type { CommandOutput } from '@carillon/contracts';
import type { Bus } from '@carillon/event-bus';
import type { PublishedState } from '@carillon/sip-stack';
import { isCodedError, type Logger } from '@carillon/service-runtime';
import type { Call } from '../call/call.js';
import type { CallParts } from '../call/call-parts.js';
import type { Lamps } from '../subscriptions/lamps.js';
import type { WatcherCopy } from '../subscriptions/watcher-copy.js';
import type { ProxiedCalls } from '../roles/proxied-calls.js';
import type { GoesOnCopy } from './call-copy.js';
import { endLeftCall, type CallEnding } from './call-ending.js';
import type { Place } from './place.js';
import { resumePassed } from './passed-copy.js';
import { resumeCall } from './resume-call.js';

type Left = Extract<CommandOutput<'signalling.take-over'>, { ok: true }>;

const NOTHING: Left = { ok: true, calls: [], subscriptions: [], publications: [], publishedElsewhere: [] };

interface WentOn {
  readonly calls: number;
  readonly ended: number;
  readonly subscriptions: number;
  readonly publications: number;
}

/** What the process had in whose place this one begins. */
export class TakeOver {
  private constructor(private readonly left: Left) {}

  static async ask(bus: Bus, place: Place, logger: Logger): Promise<TakeOver> {
    if (place.count === 1) return new TakeOver(NOTHING);
    try {
      const answer = await bus.call('signalling.take-over', { process: place.own });
      return new TakeOver(answer.ok ? answer : NOTHING);
    } catch (error) {
      const code = isCodedError(error) ? error.code : undefined;
      logger.warn({ error, code }, 'What a process of signalling had when it ended is not known');
      return new TakeOver(NOTHING);
    }
  }

  /** Whether a call goes on here, so that its record stays open. */
  has(callId: string): boolean {
    return this.left.calls.some(({ key, goesOn }) => goesOn && key === callId);
  }

  /** Before anything that comes in is looked at: it may be of one of these. @returns how many went on, and how many ended */
  resume(
    parts: CallParts,
    lamps: Pick<Lamps, 'resume' | 'restorePublished' | 'learnPublished'>,
    proxiedCalls: Pick<ProxiedCalls, 'watch'>,
  ): WentOn {
    let calls = 0;
    for (const { copy, goesOn } of this.left.calls) {
      // Written by a process of ours that was started from the same files.
      if (!goesOn) endLeftCall(parts, copy as unknown as CallEnding);
      else if (goOn(parts, proxiedCalls, copy as unknown as GoesOnCopy).state !== 'ended') calls += 1;
    }
    const ended = this.left.calls.length - calls;
    const subscriptions = this.left.subscriptions.filter(({ copy }) =>
      lamps.resume(copy as unknown as WatcherCopy),
    ).length;
    for (const { process, publications } of this.left.publishedElsewhere)
      lamps.learnPublished(
        process,
        publications.map(({ copy }) => copy as unknown as PublishedState),
      );
    const published = this.left.publications.map(({ copy }) => copy as unknown as PublishedState);
    return { calls, ended, subscriptions, publications: lamps.restorePublished(published) };
  }
}

function goOn(parts: CallParts, proxiedCalls: Pick<ProxiedCalls, 'watch'>, copy: GoesOnCopy): Call {
  return 'kind' in copy ? resumePassed(parts, proxiedCalls, copy) : resumeCall(parts, copy);
}
