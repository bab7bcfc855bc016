import { describe, expect, it } from 'vitest';
import { PortPool, type PortPlace } from './port-pool.js';

const at = (worker: number, address = '127.0.0.1'): PortPlace => ({ worker, address });

describe('the ports of a range', () => {
  it('are whole pairs that begin with an even port', () => {
    const pool = new PortPool(4001, 4006);
    expect(pool.total).toBe(2);
    expect([pool.take(at(0), 0), pool.take(at(0), 0), pool.take(at(0), 0)]).toEqual([
      { port: 4002, boundIn: null },
      { port: 4004, boundIn: null },
      null,
    ]);
  });

  it('stay bound in their worker, and are handed out again once they have rested', () => {
    const pool = new PortPool(4000, 4007);
    pool.take(at(0), 0);
    pool.rest(4000, at(0), 100);
    expect(pool.freeCount).toBe(4);
    expect(pool.take(at(0), 1000)).toEqual({ port: 4002, boundIn: null });
    expect(pool.take(at(0), 2100)).toEqual({ port: 4000, boundIn: 0 });
    expect(pool.take(at(0), 2100)).toEqual({ port: 4004, boundIn: null });
  });

  it('go to another worker only where nothing else is left', () => {
    const pool = new PortPool(4000, 4003);
    pool.take(at(0), 0);
    pool.rest(4000, at(0), 0);
    expect(pool.take(at(1), 5000)).toEqual({ port: 4002, boundIn: null });
    expect(pool.take(at(1), 5000)).toEqual({ port: 4000, boundIn: 0 });
    expect(pool.take(at(1), 5000)).toBeNull();
    expect(pool.freeCount).toBe(0);
  });

  it('are as good as open only where they are bound: in that worker, at that address', () => {
    const pool = new PortPool(4000, 4003);
    pool.take(at(0), 0);
    pool.rest(4000, at(0), 0);
    expect(pool.takeBound(at(0), 1999)).toBeNull();
    expect(pool.takeBound(at(1), 5000)).toBeNull();
    expect(pool.takeBound(at(0, '0.0.0.0'), 5000)).toBeNull();
    expect(pool.takeBound(at(0), 5000)).toBe(4000);
    expect(pool.takeBound(at(0), 5000)).toBeNull();
  });

  it('are as good as open, though they have not rested, where no other is left', () => {
    const pool = new PortPool(4000, 4001);
    pool.take(at(0), 0);
    pool.rest(4000, at(0), 0);
    expect(pool.takeBound(at(0), 1)).toBe(4000);
  });

  it('need not rest where there is no other', () => {
    const pool = new PortPool(4000, 4001);
    pool.take(at(0), 0);
    pool.rest(4000, at(0), 10);
    expect(pool.take(at(0), 11)).toEqual({ port: 4000, boundIn: 0 });
  });

  it('are free again when their worker is gone, and kept bound up to a bound', () => {
    const pool = new PortPool(4000, 8191);
    for (let count = 0; count < 2048; count += 1) {
      const taken = pool.take(at(3), 0);
      expect(pool.mayKeep(3)).toBe(true);
      if (taken !== null) pool.rest(taken.port, at(3), 0);
    }
    expect(pool.mayKeep(3)).toBe(false);
    pool.lose(3);
    expect(pool.mayKeep(3)).toBe(true);
    expect(pool.freeCount).toBe(pool.total);
    expect(pool.take(at(3), 9999)?.boundIn).toBeNull();
  });
});
