import { expect, it } from 'vitest';
import { PacketSizer } from './packet-sizer.js';

/** Twelve frames of 20 ms, each octet the number of its millisecond. @returns the milliseconds of each packet, and its time */
function packetsOf(packetMs: number): { octets: number[]; atMs: number }[] {
  const packets: { octets: number[]; atMs: number }[] = [];
  const sizer = new PacketSizer(packetMs, (octets, atMs) => packets.push({ octets: [...octets], atMs }));
  for (let frame = 0; frame < 12; frame += 1) {
    const payload = Uint8Array.from({ length: 160 }, (_, at) => frame * 20 + Math.floor(at / 8));
    sizer.push(payload, 1000 + frame * 20);
  }
  return packets;
}

it.each([10, 20, 30, 40, 60])('makes packets of %d ms in which nothing is missing or twice', (packetMs) => {
  const packets = packetsOf(packetMs);
  expect(packets.every(({ octets }) => octets.length === packetMs * 8)).toBe(true);
  expect(packets.flatMap(({ octets }) => octets)).toEqual(
    Array.from({ length: 240 * 8 }, (_, at) => Math.floor(at / 8)),
  );
  expect(packets.map(({ atMs }) => atMs - 1000)).toEqual(packets.map((_, index) => index * packetMs));
});

it('forgets the rest of a packet whose sound broke off', () => {
  const sent: number[] = [];
  const sizer = new PacketSizer(60, (octets) => sent.push(octets[0] ?? 0));
  const push = (value: number, nowMs: number): void => sizer.push(new Uint8Array(160).fill(value), nowMs);
  push(1, 0);
  push(2, 500);
  push(3, 520);
  push(4, 540);
  expect(sent).toEqual([2]);
});
