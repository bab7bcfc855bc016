import type { CommandName, EventName } from '@carillon/contracts';

/**
 * What is said a dozen times in every call, by our own code to our own code, of values that it has made itself or read
 * by a parser of ours: the compiler has checked their shape. Nothing that a browser or a caller of the REST interface
 * words goes through here unseen, and whoever hears these makes no change to them.
 */
const TRUSTED: ReadonlySet<CommandName | EventName> = new Set<CommandName | EventName>([
  'call.started',
  'call.updated',
  'call.answered',
  'call.ended',
  'presence.changed',
  'signalling.call-facts',
  'signalling.copied',
  'signalling.counted',
  'signalling.binding-kept',
  'signalling.bindings-refreshed',
  'media.open',
  'media.answer',
  'media.accept-answer',
  'media.accept-offer',
  'media.make-offer',
  'media.connect',
  'media.disconnect',
  'media.play',
  'media.stop-play',
  'media.close',
]);

/** Whether a word of the bus is among those that processes of one code do not check. */
export function isTrusted(name: CommandName | EventName): boolean {
  return TRUSTED.has(name);
}
