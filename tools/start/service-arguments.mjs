import { typescriptArguments } from './typescript-arguments.mjs';

/**
 * The arguments with which Node runs the service. Calls do not wait for the memory of other calls to be tidied up:
 * - the young generation is half of what Node takes, so that one of its collections takes 6 ms and not 13;
 * - they are done by the main thread alone: waiting for helpers takes longer, on a core that is shared with them;
 * - V8 gets as many helpers as there are cores beside the one of the main thread, where Node makes four;
 * - the heap may become three times what lived before it is marked whole again, which takes half a core for 0.4 s. V8 itself
 *   would allow between 1.1 times and four times, and the less the longer marking takes: on a busy core, every ten seconds.
 *
 * @returns {string[]}
 */
export function serviceArguments() {
  return [
    '--max-semi-space-size=8',
    '--no-parallel-scavenge',
    '--v8-pool-size=0',
    '--heap-growing-percent=200',
    ...typescriptArguments(),
  ];
}
