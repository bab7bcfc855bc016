import { runStep } from './run-step.mjs';
import { register } from './start-proxy.mjs';

/** Rates in a row that fail, after which no higher one is tried. */
const MISSES = 2;

/**
 * Calls at one rate after the other, until two in a row fail.
 *
 * @param {import('./start-proxy.mjs').Proxy} proxy
 * @param {Omit<Parameters<typeof runStep>[1], 'rate'>} load
 * @param {number[]} rates
 * @returns {Promise<{ name: string, best: number, steps: Awaited<ReturnType<typeof runStep>>[], cpu?: number }>} `cpu`:
 *   microseconds of a call at the best rate
 */
export async function climbProxy(proxy, load, rates) {
  const { calleePort } = load;
  await register(proxy, { user: `callee${calleePort}`, contactPort: calleePort });
  // Warms the code up, and the memory.
  await runStep(proxy, { ...load, rate: 500, seconds: 4 });
  const steps = [];
  let best = 0;
  let failures = 0;
  for (const rate of rates) {
    const step = await runStep(proxy, { ...load, rate });
    console.log(proxy.name, JSON.stringify(step));
    steps.push(step);
    if (step.passed) [best, failures] = [rate, 0];
    else failures += 1;
    if (failures === MISSES) break;
  }
  const cpu = steps.find(({ rate }) => rate === best)?.cpuMicrosecondsPerCall;
  return { name: proxy.name, best, steps, cpu };
}
