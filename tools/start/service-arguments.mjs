import { typescriptArguments } from './typescript-arguments.mjs';

/**
 * The arguments with which Node runs the service. Calls do not wait for the memory of other calls to be tidied up:
 * - the young generation is half of what Node takes, so that one of its collections takes 6 ms and not 13;
 * - they are done by the main thread alone: waiting for helpers takes longer, on a core that is shared with them;
 * - V8 gets as many helpers as there are cores beside the one of the main thread, where Node makes four.
 *
 * @returns {string[]}
 */
export function serviceArguments() {
  return ['--max-semi-space-size=8', '--no-parallel-scavenge', '--v8-pool-size=0', ...typescriptArguments()];
}
