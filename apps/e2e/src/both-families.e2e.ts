import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { callEachOther } from './harness/call-each-other.js';
import { Carillon } from './harness/carillon.js';
import { Phones } from './harness/phones.js';

let carillon: Carillon;
const phones = new Phones(() => carillon);

beforeAll(async () => {
  carillon = await Carillon.start({
    CARILLON_SIP_HOST: '::',
    CARILLON_ADVERTISED_ADDRESS: '127.0.0.1',
    CARILLON_ADVERTISED_ADDRESS_6: '::1',
  });
});
afterEach(() => phones.stopAll());
afterAll(() => carillon?.remove());

describe('a machine that listens on IPv6 and IPv4', () => {
  it.each([
    ['::1', '127.0.0.1', 'udp'],
    ['::1', '::1', 'tcp'],
    ['127.0.0.1', '127.0.0.1', 'udp'],
  ] as const)('has phones at %s and %s over %s hear each other, whoever calls', async (one, other, transport) => {
    const alice = await phones.start('1001', { tone: 440, serverHost: one, transport });
    const bob = await phones.start('1002', { tone: 700, serverHost: other, transport });
    await callEachOther(alice, bob);
  });
});
