import { parseMessage } from '@carillon/sip-message';
import type { SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { statelessTag } from './stateless-tag.js';

function request(branch: string, callId: string): SipRequest {
  const lines = ['OPTIONS sip:a SIP/2.0', `Via: SIP/2.0/UDP h;branch=${branch}`, `Call-ID: ${callId}`, '', ''];
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')));
  if (!parsed.ok || parsed.message.kind !== 'request') throw new Error('Not parsed');
  return parsed.message;
}

describe('the tag of an answer that is not remembered (RFC 3261 §8.2.7)', () => {
  it('is the same for the same request', () => {
    expect(statelessTag(request('z9hG4bK1', 'one'))).toBe(statelessTag(request('z9hG4bK1', 'one')));
  });

  it('differs by branch and Call-ID, and has 32 bits in a token (§19.3)', () => {
    const names = Array.from({ length: 500 }, (_, at) => [`z9hG4bK${at}`, `call-${at % 2}`] as const);
    const tags = names.flatMap(([branch, callId]) => [
      statelessTag(request(branch, callId)),
      statelessTag(request(branch, `${callId}x`)),
    ]);
    expect(new Set(tags).size).toBe(tags.length);
    for (const tag of tags) expect(tag).toMatch(/^s[a-p]{8}$/);
    // Each of the eight letters carries its part.
    for (let place = 1; place <= 8; place += 1) expect(new Set(tags.map((tag) => tag[place])).size).toBe(16);
  });
});
