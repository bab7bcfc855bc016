import { SrtpReceiver, SrtpSender, srtpSuite } from '@carillon/rtp';
import type { SrtpKeys } from '../api/endpoint.js';

/**
 * SRTP of one endpoint, both ways. A direction whose key stays keeps its state (rollover counter, replay window), whatever
 * else was agreed anew (RFC 4568 §7.1.4).
 */
export class SrtpProtection {
  private constructor(
    private readonly sendKey: string,
    private readonly receiveKey: string,
    readonly sender: SrtpSender,
    readonly receiver: SrtpReceiver,
  ) {}

  /** @returns null where there are no keys, or none of a suite that we know */
  static of(keys: SrtpKeys | undefined, before: SrtpProtection | null): SrtpProtection | null {
    const suite = keys === undefined ? undefined : srtpSuite(keys.suite);
    if (keys === undefined || suite === undefined) return null;
    const sendKey = nameOf(keys.suite, keys.send);
    const receiveKey = nameOf(keys.suite, keys.receive);
    return new SrtpProtection(
      sendKey,
      receiveKey,
      before?.sendKey === sendKey ? before.sender : new SrtpSender(suite, keys.send),
      before?.receiveKey === receiveKey
        ? before.receiver
        : new SrtpReceiver(suite, keys.receive, keys.receive.mkiLength),
    );
  }
}

function nameOf(suite: string, { key, salt }: { key: Uint8Array; salt: Uint8Array }): string {
  return `${suite} ${Buffer.from(key).toString('base64')} ${Buffer.from(salt).toString('base64')}`;
}
