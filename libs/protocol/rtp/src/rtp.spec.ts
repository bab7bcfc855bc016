import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSequence,
  addTimestamp,
  buildRtpPacket,
  buildTelephoneEvent,
  classifyDatagram,
  dtmfEventOfKey,
  dtmfKeyOfEvent,
  JitterEstimator,
  parseExtensionElements,
  parseRtpPacket,
  parseTelephoneEvent,
  ReceptionCounter,
  sequenceDistance,
  timestampDistance,
} from './index.js';

interface RtpVector {
  name: string;
  hex: string;
  valid: boolean;
  expect: string;
  fields: {
    pt?: number;
    seq?: number;
    ts?: number;
    ssrc?: number;
    marker?: boolean;
    csrc?: number[];
    payloadLength?: number;
    padding?: number;
    ext?: Record<string, string>;
  };
}

function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../test-vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}

const vectors = readVectors<{ packets: RtpVector[] }>('rtp').packets;

describe('RTP packets', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('reads: %s', (_name, vector) => {
    const bytes = Buffer.from(vector.hex, 'hex');
    const result = parseRtpPacket(bytes);
    if (!vector.valid && vector.expect.startsWith('drop') && !vector.expect.includes('extension')) {
      expect(result.ok).toBe(false);
      return;
    }
    if (vector.expect.includes('STUN')) {
      expect(classifyDatagram(bytes)).toBe('stun');
      return;
    }
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    const { packet } = result;
    const { fields } = vector;
    if (fields.pt !== undefined) expect(packet.payloadType).toBe(fields.pt);
    if (fields.seq !== undefined) expect(packet.sequence).toBe(fields.seq);
    if (fields.ts !== undefined) expect(packet.timestamp).toBe(fields.ts);
    if (fields.ssrc !== undefined) expect(packet.ssrc).toBe(fields.ssrc);
    if (fields.marker !== undefined) expect(packet.marker).toBe(fields.marker);
    if (fields.csrc !== undefined) expect(packet.csrcs).toEqual(fields.csrc);
    if (fields.payloadLength !== undefined) expect(packet.payload.length).toBe(fields.payloadLength);
    if (fields.padding !== undefined) expect(packet.paddingLength).toBe(fields.padding);
    if (fields.ext !== undefined && packet.extension !== null) {
      const elements = parseExtensionElements(packet.extension);
      const shown = Object.fromEntries(
        [...elements].map(([id, data]) => [String(id), Buffer.from(data).toString('hex')]),
      );
      expect(shown).toEqual(fields.ext);
    }
  });

  it('gives back what was built', () => {
    fc.assert(
      fc.property(
        fc.record({
          marker: fc.boolean(),
          payloadType: fc.integer({ min: 0, max: 127 }),
          sequence: fc.integer({ min: 0, max: 0xffff }),
          timestamp: fc.integer({ min: 0, max: 0xffffffff }),
          ssrc: fc.integer({ min: 0, max: 0xffffffff }),
        }),
        fc.uint8Array({ maxLength: 400 }),
        (header, payload) => {
          const result = parseRtpPacket(buildRtpPacket(header, payload));
          expect(result.ok && result.packet).toMatchObject({ ...header, csrcs: [], extension: null });
          expect(result.ok && Buffer.from(result.packet.payload)).toEqual(Buffer.from(payload));
        },
      ),
    );
  });

  it('never throws on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const result = parseRtpPacket(bytes);
        if (result.ok && result.packet.extension !== null) parseExtensionElements(result.packet.extension);
        classifyDatagram(bytes);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('telephone events', () => {
  it('reads and rebuilds "911" of RFC 4733 §5', () => {
    const vector = readVectors<{
      packets: { hex: string; event: number; end: boolean; duration: number; seq: number; timestamp: number }[];
    }>('rfc4733-911');
    let keys = '';
    let lastTimestamp = -1;
    for (const expected of vector.packets) {
      const result = parseRtpPacket(Buffer.from(expected.hex, 'hex'));
      if (!result.ok) throw new Error(result.code);
      const event = parseTelephoneEvent(result.packet.payload);
      expect(event).toMatchObject({ event: expected.event, end: expected.end, duration: expected.duration });
      if (event === null) continue;
      expect(Buffer.from(buildTelephoneEvent(event))).toEqual(Buffer.from(result.packet.payload));
      if (result.packet.timestamp !== lastTimestamp) keys += dtmfKeyOfEvent(event.event);
      lastTimestamp = result.packet.timestamp;
    }
    expect(keys).toBe('911');
  });

  it('names keys both ways and refuses the rest', () => {
    for (const key of '0123456789*#ABCD') expect(dtmfKeyOfEvent(dtmfEventOfKey(key) ?? -1)).toBe(key);
    expect(dtmfEventOfKey('d')).toBe(15);
    expect(dtmfEventOfKey('E')).toBeNull();
    expect(dtmfEventOfKey('12')).toBeNull();
    expect(dtmfKeyOfEvent(16)).toBeNull();
    expect(parseTelephoneEvent(new Uint8Array(3))).toBeNull();
  });
});

describe('wrapping numbers', () => {
  it('compares across the wrap', () => {
    expect(sequenceDistance(0, 0xffff)).toBe(1);
    expect(sequenceDistance(0xffff, 0)).toBe(-1);
    expect(addSequence(0xffff, 2)).toBe(1);
    expect(timestampDistance(0x10, 0xfffffff0)).toBe(0x20);
    expect(addTimestamp(0xffffffff, 161)).toBe(160);
  });
});

describe('reception', () => {
  it('counts losses across the wrap and reports the fraction since the last report', () => {
    const counter = new ReceptionCounter();
    for (const sequence of [0xfffd, 0xfffe, 0, 1, 2]) counter.observe(sequence);
    expect(counter.cumulativeLost).toBe(1);
    expect(counter.extendedHighestSequence).toBe(0x10002);
    expect(counter.takeFractionLost()).toBe(Math.floor(256 / 6));
    expect(counter.takeFractionLost()).toBe(0);
  });

  it('takes a restarted source after two packets in a row, and ignores one stray', () => {
    const counter = new ReceptionCounter();
    counter.observe(100);
    expect(counter.observe(40_000)).toBe('late');
    expect(counter.observe(101)).toBe('in-order');
    expect(counter.observe(40_000)).toBe('late');
    expect(counter.observe(40_001)).toBe('restarted');
    expect(counter.extendedHighestSequence).toBe(40_001);
  });

  it('estimates jitter: none for an even stream, 16th steps for a shift', () => {
    const even = new JitterEstimator(8000);
    for (let index = 0; index < 50; index += 1) even.observe(index * 160, 1000 + index * 20);
    expect(even.clockUnits).toBe(0);
    const uneven = new JitterEstimator(8000);
    for (let index = 0; index < 500; index += 1) uneven.observe(index * 160, index * 20 + (index % 2) * 10);
    expect(uneven.milliseconds).toBeGreaterThan(9);
    expect(uneven.milliseconds).toBeLessThan(11);
  });

  it('keeps what it knows of the jitter when the timestamps count another clock', () => {
    const jitter = new JitterEstimator(8000);
    for (let index = 0; index < 500; index += 1) jitter.observe(index * 160, index * 20 + (index % 2) * 10);
    const before = jitter.milliseconds;
    jitter.setClockRate(48_000);
    expect(jitter.milliseconds).toBeCloseTo(before);
    for (let index = 500; index < 1000; index += 1) jitter.observe(index * 960, index * 20);
    expect(jitter.milliseconds).toBeLessThan(1);
  });
});
