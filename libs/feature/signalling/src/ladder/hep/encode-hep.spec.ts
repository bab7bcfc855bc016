import { describe, expect, it } from 'vitest';
import { encodeHep, type HepPacket } from './encode-hep.js';

const packet: HepPacket = {
  transport: 'udp',
  source: { address: '192.0.2.1', port: 5070 },
  destination: { address: '192.0.2.9', port: 5060 },
  at: 1_700_000_000_123.456,
  captureId: 2001,
  authKey: 'key',
  correlationId: 'call',
  payload: Buffer.from('OPTIONS'),
};

describe('HEPv3', () => {
  it('has its chunks octet by octet', () => {
    expect(encodeHep(packet)?.toString('hex')).toBe(
      [
        '48455033007d',
        '00000001000702',
        '00000002000711',
        '00000003000ac0000201',
        '00000004000ac0000209',
        '00000007000813ce',
        '00000008000813c4',
        '00000009000a6553f100',
        '0000000a000a0001e240',
        '0000000b000701',
        '0000000c000a000007d1',
        '0000000e00096b6579',
        '00000011000a63616c6c',
        '0000000f000d4f5054494f4e53',
      ].join(''),
    );
  });

  it('has IPv6 ends, TCP and no key', () => {
    const hex = encodeHep({
      ...packet,
      transport: 'tcp',
      authKey: null,
      source: { address: '2001:db8::1', port: 1 },
    })?.toString('hex');
    expect(hex).toContain('0000000100070a');
    expect(hex).toContain('00000002000706');
    expect(hex).toContain('00000005001620010db8000000000000000000000001');
    expect(hex).toContain('00000006001600000000000000000000ffffc0000209');
    expect(hex).not.toContain('0000000e');
  });

  it('says where a message does not fit into its lengths', () => {
    expect(encodeHep({ ...packet, payload: Buffer.alloc(65_500) })).toBeUndefined();
  });
});
