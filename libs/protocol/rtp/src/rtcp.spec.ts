import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRtcp, compactNtpTime, ntpTimeOfUnix, parseRtcp, roundTripMs, SDES_CNAME } from './index.js';
import type { SenderReport } from './index.js';

interface RtcpVector {
  name: string;
  hex: string;
  valid: boolean;
  expect: string;
  fields: { types?: number[]; ssrc?: number; rb?: object; cname?: string; byeReason?: string };
}

const TYPE_NAMES: Record<number, string> = {
  200: 'sender-report',
  201: 'receiver-report',
  202: 'source-description',
  203: 'goodbye',
};

const { packets: vectors } = JSON.parse(
  readFileSync(new URL('../test-vectors/rtcp.json', import.meta.url), 'utf8'),
) as { packets: RtcpVector[] };

describe('RTCP', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('reads: %s', (_name, vector) => {
    const result = parseRtcp(Buffer.from(vector.hex, 'hex'));
    if (!vector.valid && vector.expect !== 'drop the reason') {
      expect(result.ok).toBe(false);
      return;
    }
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    if (vector.fields.types !== undefined) {
      expect(result.packets.map((packet) => packet.type)).toEqual(
        vector.fields.types.map((type) => TYPE_NAMES[type] ?? 'other'),
      );
    }
    const [first] = result.packets;
    if (vector.fields.rb !== undefined && first?.type === 'sender-report') {
      expect(first.ssrc).toBe(vector.fields.ssrc);
      const { extendedHighestSeq, ...rest } = vector.fields.rb as { extendedHighestSeq: number };
      expect(first.reports[0]).toMatchObject({ ...rest, extendedHighestSequence: extendedHighestSeq });
    }
    for (const packet of result.packets) {
      if (packet.type === 'goodbye') expect(packet.reason).toBe(vector.fields.byeReason ?? null);
      if (packet.type === 'source-description' && vector.fields.cname !== undefined) {
        expect(packet.chunks[0]?.items).toContainEqual({ type: SDES_CNAME, text: vector.fields.cname });
      }
    }
  });

  it('reads back a built compound packet', () => {
    const report: SenderReport = {
      type: 'sender-report',
      ssrc: 0xdeadbeef,
      ntpSeconds: 3_900_000_000,
      ntpFraction: 0x8000_0000,
      rtpTimestamp: 4_294_967_295,
      packetCount: 10,
      octetCount: 1600,
      reports: [
        {
          ssrc: 1,
          fractionLost: 255,
          cumulativeLost: -3,
          extendedHighestSequence: 0x20001,
          jitter: 12,
          lastSr: 7,
          delaySinceLastSr: 9,
        },
      ],
    };
    for (const cname of ['a', 'ab', 'abc', 'abcd', 'x'.repeat(255)]) {
      const goodbye = { type: 'goodbye', ssrcs: [0xdeadbeef], reason: 'over' } as const;
      const result = parseRtcp(buildRtcp(report, cname, { ...goodbye, ssrcs: [...goodbye.ssrcs] }));
      expect(result).toEqual({
        ok: true,
        packets: [
          report,
          { type: 'source-description', chunks: [{ ssrc: 0xdeadbeef, items: [{ type: SDES_CNAME, text: cname }] }] },
          goodbye,
        ],
      });
    }
  });

  it('never throws on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void parseRtcp(bytes)),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 60 }), (tail) => {
        parseRtcp(Uint8Array.from([0x81, 200 + (tail[0]! % 8), 0, tail.length >> 2, ...tail]));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('NTP time', () => {
  it('measures the round trip of a report', () => {
    const sent = compactNtpTime(ntpTimeOfUnix(1_700_000_000_000));
    const arrived = compactNtpTime(ntpTimeOfUnix(1_700_000_000_750));
    expect(roundTripMs(arrived, sent, 0.5 * 65536)).toBeCloseTo(250, 0);
    expect(roundTripMs(arrived, 0, 0)).toBeNull();
    expect(roundTripMs(sent, arrived, 0)).toBeNull();
  });
});
