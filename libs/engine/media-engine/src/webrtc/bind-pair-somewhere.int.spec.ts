import type { Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { bindPairSomewhere } from './bind-pair-somewhere.js';

const LOOPBACK = '127.0.0.1';
const opened: Socket[] = [];

async function bind(range: { min: number; max: number }): Promise<[number, number]> {
  const { rtp, rtcp } = await bindPairSomewhere(LOOPBACK, range);
  opened.push(rtp, rtcp);
  return [rtp.address().port, rtcp.address().port];
}

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});

describe('a pair of ports', () => {
  it('is an even one and the one above it, as long as there is one', async () => {
    const range = { min: 19_601, max: 19_605 };
    expect(new Set([await bind(range), await bind(range)])).toEqual(
      new Set([
        [19_602, 19_603],
        [19_604, 19_605],
      ]),
    );
    await expect(bind(range)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(bind({ min: 19_603, max: 19_604 })).rejects.toBeInstanceOf(RangeError);
  });

  it('outlives a read that failed, whoever has it', async () => {
    await bind({ min: 19_610, max: 19_611 });
    for (const socket of opened) {
      expect(() => socket.emit('error', new Error('recvmsg ECONNREFUSED'))).not.toThrow();
      expect(socket.address().address).toBe(LOOPBACK);
    }
  });
});
