import { describe, expect, it } from 'vitest';
import { LIMITS } from '../limits.js';
import { shedCall, type SheddingParts } from './shed-call.js';

/** A server with so many calls. @param ok its load lets a new one in @param room for calls for help in this second */
function server({ size = 0, ok = true, room = 20 } = {}) {
  const noted: string[] = [];
  let left = room;
  const parts: SheddingParts = {
    calls: { size, settingUp: 0 },
    shed: { note: (why) => void noted.push(why) },
    overload: {
      admit: () => (ok ? { ok } : { ok: false, retryAfterSeconds: 2 }),
      admitForHelp: () => left-- > 0,
    },
  };
  const call = (forHelp: boolean) => shedCall(parts, { begun: false, forHelp: () => forHelp })?.status;
  return { call, noted };
}

describe('a new call where it is too much', () => {
  it.each([
    ['the server is overloaded', { ok: false }],
    ['there are as many as there may be', { size: LIMITS.calls }],
  ])('is turned away where %s, but for one for help', (_why, load) => {
    const { call, noted } = server(load);
    expect([call(false), call(true)]).toEqual([503, undefined]);
    expect(noted).toHaveLength(1);
  });

  it('is turned away, for help too, where so many of those come that they are a flood', () => {
    const { call } = server({ ok: false, room: 1 });
    expect([call(true), call(true)]).toEqual([undefined, 503]);
    expect(server({ size: LIMITS.calls + LIMITS.forHelp.calls }).call(true)).toBe(503);
  });
});

it('a new call is let in at any other time, and nobody looks whom it is for', () => {
  const { call } = server({ room: 0 });
  expect([call(false), call(true)]).toEqual([undefined, undefined]);
});
