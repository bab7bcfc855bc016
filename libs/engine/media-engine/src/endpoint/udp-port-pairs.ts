import { SendBuffers, UdpPortPair, type PacketWatch, type UdpPortPairOwner } from './udp-port-pair.js';

/**
 * The port pairs of one worker thread. A pair that is given back stays bound until it is used again or told to close:
 * which, and how many, the engine decides, who alone knows all workers.
 */
export class UdpPortPairs implements UdpPortPairOwner {
  readonly buffers = new SendBuffers();
  /** By RTP port. */
  private readonly resting = new Map<number, UdpPortPair>();

  /** @param thread is told of each packet */
  constructor(readonly thread: PacketWatch) {}

  /** A pair that is bound already: at once, so that what is asked next finds it open. */
  wake(address: string, rtpPort: number): UdpPortPair | undefined {
    const pair = this.resting.get(rtpPort);
    if (pair?.address !== address || pair.failed) return undefined;
    this.resting.delete(rtpPort);
    return pair;
  }

  /** Rejects with the system's error when a port cannot be bound. */
  async bind(address: string, rtpPort: number): Promise<UdpPortPair> {
    // It rests at another address, or has failed.
    await this.close(rtpPort);
    return UdpPortPair.bind(address, rtpPort, this);
  }

  takeBack(pair: UdpPortPair): void {
    this.resting.set(pair.rtpPort, pair);
  }

  /** What rests on this port. Resolves when it is free for others. */
  async close(rtpPort: number): Promise<void> {
    const pair = this.resting.get(rtpPort);
    this.resting.delete(rtpPort);
    await pair?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.resting.keys()].map((rtpPort) => this.close(rtpPort)));
  }
}
