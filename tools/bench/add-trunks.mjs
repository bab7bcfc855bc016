/** The most that an administrator can give to one trunk (`SaveTrunk` in libs/core/contracts). */
const MOST = { maxCalls: 2000, maxCallsPerSecond: 200 };
/** What a trunk is asked to carry of it: calls that come late come together, and no limit may refuse them. */
const SHARE = 0.5;
const REACHABLE_WITHIN_MS = 20_000;

/**
 * Adds trunks that are known by their address, as an administrator does in the portal, and waits until their other side has
 * answered. They are as many as the calls need: numbers that lead to the extensions in turn are spread over them.
 *
 * @param {Awaited<ReturnType<import('./portal-session.mjs').logIn>>} portal
 * @param {{ host: string, port: number, extensions: string[], callRate: number, holdMs: number }} wanted `host`, `port`: the
 *   other side, which answers OPTIONS; calls may come from any port of its address
 * @returns {Promise<string[]>} the numbers, in the order in which they are to be called
 * @throws {Error} with the portal's refusal, or where the other side is not found to be there
 */
export async function addTrunks(portal, { host, port, extensions, callRate, holdMs }) {
  const atOnce = callRate * (holdMs / 1000 + 1);
  const most = Math.max(callRate / MOST.maxCallsPerSecond, atOnce / MOST.maxCalls) / SHARE;
  const count = Math.max(1, Math.ceil(most));
  // As many on each trunk as on the next.
  const length = Math.ceil(extensions.length / count) * count;
  const numbers = Array.from({ length }, (_, index) => ({
    number: `+4930${500_000 + index}`,
    extension: extensions[index % extensions.length],
  }));
  for (let trunk = 0; trunk < count; trunk += 1) {
    const inbound = numbers.filter((_, index) => index % count === trunk);
    await portal.post('/api/admin/trunks', { name: `Bench ${trunk + 1}`, host, port, inbound, ...MOST });
  }
  await allReachable(portal);
  return numbers.map(({ number }) => number);
}

async function allReachable(portal) {
  const deadline = Date.now() + REACHABLE_WITHIN_MS;
  for (;;) {
    const trunks = await portal.get('/api/admin/trunks');
    const silent = trunks.find(({ state }) => state?.reachable !== 'yes');
    if (silent === undefined) return;
    if (Date.now() >= deadline)
      throw new Error(`The trunk "${silent.name}" does not come up: ${JSON.stringify(silent.state)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
