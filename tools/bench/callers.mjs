import { addTrunks } from './add-trunks.mjs';
import { answerOptions } from './answer-options.mjs';

/** A phone's credentials, as SIPp's scenarios take them. */
export const credentials = ({ user, password }) => `[authentication username=${user} password=${password}]`;

/** Where the trunk's other side is: another host than Carillon and its phones, so that its address alone says who calls. */
const PROVIDER = '127.0.0.2';

/**
 * Those who call, as SIPp acts them.
 *
 * @typedef {object} Callers
 * @property {string} scenario file in `scenarios/`
 * @property {string} [address] where they call from, unless it is SIPp's own
 * @property {string[][]} fields what is put into the scenario, a row for each call in turn
 * @property {() => void} stop
 */

/**
 * @param {import('./start-carillon.mjs').Server} server
 * @param {{ caller: object, callee: { number: string } }[]} pairs
 * @param {{ from: 'phones' | 'trunk', callRate: number, rates?: number[], holdMs: number }} load
 * @returns {Promise<Callers>}
 */
export async function startCallers(server, pairs, load) {
  return load.from === 'trunk' ? callersOfTrunks(server, pairs, load) : phones(pairs);
}

/** Phones, each of which is asked for its password. */
const phones = (pairs) => ({
  scenario: 'call',
  fields: pairs.map(({ caller, callee }) => [caller.user, credentials(caller), callee.number]),
  stop: () => undefined,
});

/** A provider, that is known by its address and asked for nothing. */
async function callersOfTrunks(server, pairs, { callRate, rates = [callRate], holdMs }) {
  const { port, stop } = await answerOptions(PROVIDER);
  try {
    const trunks = { host: PROVIDER, port, extensions: pairs.map(({ callee }) => callee.number) };
    const numbers = await addTrunks(server.portal, { ...trunks, callRate: Math.max(...rates), holdMs });
    const fields = numbers.map((number, index) => [number, `+44${2_000_000 + index}`]);
    return { scenario: 'call-from-trunk', address: PROVIDER, fields, stop };
  } catch (error) {
    stop();
    throw error;
  }
}
