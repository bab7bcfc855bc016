import { describe, expect, it } from 'vitest';
import { splitRtpPorts } from './split-rtp-ports.js';

describe('splitRtpPorts', () => {
  it.each([
    [{ min: 20_000, max: 20_999 }, 2, { audio: [20_000, 20_747], bridge: [20_748, 20_997], webRtc: [20_999, 20_998] }],
    [{ min: 20_000, max: 20_999 }, 1, { audio: [20_000, 20_747], bridge: [20_748, 20_998], webRtc: [20_999] }],
    [{ min: 30_000, max: 30_003 }, 2, { audio: [30_000, 30_001], bridge: [30_002, 30_002], webRtc: [30_003] }],
  ])('splits %o for %i workers', (range, workers, expected) => {
    const plan = splitRtpPorts(range, workers);
    expect(plan.audio).toEqual({ min: expected.audio[0], max: expected.audio[1] });
    expect(plan.bridge).toEqual({ min: expected.bridge[0], max: expected.bridge[1] });
    expect(plan.webRtc).toEqual(expected.webRtc);
  });

  it('never gives a port twice nor leaves the range', () => {
    for (let count = 4; count < 200; count++) {
      const range = { min: 10_001, max: 10_000 + count };
      const { audio, bridge, webRtc } = splitRtpPorts(range, 2);
      expect((audio.max - audio.min + 1) % 2).toBe(0);
      expect(audio.min).toBe(range.min);
      expect(bridge.min).toBe(audio.max + 1);
      expect(bridge.max).toBeGreaterThanOrEqual(bridge.min);
      expect(Math.min(...webRtc)).toBe(bridge.max + 1);
      expect(Math.max(...webRtc)).toBe(range.max);
    }
  });
});
