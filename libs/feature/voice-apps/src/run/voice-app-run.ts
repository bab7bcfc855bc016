import { isCodedError } from '@carillon/service-runtime';
import { text } from '../line/say.js';
import { RunStopped, type StopReason } from '../line/run-stopped.js';
import type { CallLine } from '../line/call-line.js';
import { PHRASES } from '../phrases.js';
import { play } from '../verbs/play.js';
import { runVerb } from '../verbs/run-verb.js';
import type { VerbContext } from '../verbs/verb.js';
import { beginRun, nextRunStep, type RunState, type Script } from './run.machine.js';

const APOLOGY_LIMIT_MS = 10_000;

/** One call in a voice application: the state, and the loop that runs a verb and asks the machine for the next. */
export class VoiceAppRun {
  private readonly abort = new AbortController();
  private current: RunState | undefined;
  private readonly finished: Promise<void>;

  constructor(
    private readonly script: Script,
    private readonly context: VerbContext,
  ) {
    this.finished = this.execute();
  }

  get line(): CallLine {
    return this.context.line;
  }

  /** Where the run is; undefined before the call is answered. */
  get state(): RunState | undefined {
    return this.current;
  }

  /** Cancels the verb. Resolves when it has cleaned up (a message that was being left is saved). Idempotent. */
  stop(why: StopReason): Promise<void> {
    this.abort.abort(new RunStopped(why));
    return this.finished;
  }

  /** Resolves when the run is over, however it ended. */
  done(): Promise<void> {
    return this.finished;
  }

  private async execute(): Promise<void> {
    const { line, logger } = this.context;
    const { signal } = this.abort;
    try {
      await line.answer(signal);
      for (let step = beginRun(this.script); ;) {
        this.current = step.state;
        logger.debug({ state: step.state, verb: step.verb?.kind }, 'Voice application');
        if (step.verb === null) return;
        step = nextRunStep(this.script, step.state, await runVerb(step.verb, this.context, signal));
      }
    } catch (error) {
      if (error instanceof RunStopped) logger.debug({ why: error.why }, 'The voice application was stopped');
      // The caller hung up before it was answered, or between two verbs.
      else if (isCodedError(error) && error.code === 'CALL.GONE') logger.debug('The caller has gone');
      else await this.apologise(error);
    } finally {
      this.current = { at: 'over' };
    }
  }

  /** Something failed that the caller cannot help: say so and end the call. */
  private async apologise(error: unknown): Promise<void> {
    const { line, clock, logger } = this.context;
    logger.error({ error, callId: line.handOver.callId }, 'A voice application failed');
    const cancel = clock.after(APOLOGY_LIMIT_MS, () => this.abort.abort(new RunStopped('media-lost')));
    try {
      await play([text(PHRASES.trouble)], false, this.context, this.abort.signal);
    } catch (again) {
      logger.debug({ error: again }, 'The caller could not be told either');
    } finally {
      cancel();
    }
    await this.hangUp('Application failure');
  }

  /** Ends the call. Never rejects. */
  async hangUp(reason: string): Promise<void> {
    try {
      await this.line.hangUp(reason);
    } catch (error) {
      this.context.logger.warn({ error }, 'The call could not be ended');
    }
  }
}
