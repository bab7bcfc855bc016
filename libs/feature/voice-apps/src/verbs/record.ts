import type { RecordEnd } from '../line/call-line.js';
import type { RecordVerb, VerbContext } from './verb.js';

/** Records the caller into a file. Cancelled, it still waits until the file is closed, so that nothing said is lost. */
export function record(verb: RecordVerb, { line }: VerbContext, signal: AbortSignal): Promise<RecordEnd> {
  const { path, maxDurationMs, silenceMs } = verb;
  return line.record({ path, maxDurationMs, silenceMs, finishOn: ['#'] }, signal);
}
