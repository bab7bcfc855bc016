import type { Socket } from 'node:dgram';
import type { types } from 'mediasoup';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import type { SignalledRemote } from './front-gate.js';
import { IceFront } from './ice-front.js';
import { SignalledGate } from './signalled-gate.js';

/** Whose agents stand behind fronts, as this machine reaches them. */
export interface FrontedAgent {
  readonly router: types.Router;
  readonly webRtcServer: types.WebRtcServer;
  readonly address: string;
}

/**
 * The RTCP of a phone that did not agree to rtcp-mux: a handshake of its own, at the port above (RFC 5764 §4). Without it
 * phones give up the call after some minutes. What they report there is read by nobody.
 */
export class RtcpAssociation {
  private constructor(private readonly front: IceFront) {}

  /**
   * @param outer the port above; closed with the association, also where that cannot open
   * @param peer where RTCP is sent from, and whose certificate it is
   * @throws {Error} where mediasoup refuses
   */
  static async open(
    outer: Socket,
    { router, webRtcServer, address }: FrontedAgent,
    peer: { readonly remote: SignalledRemote; readonly dtls: types.DtlsParameters },
  ): Promise<RtcpAssociation> {
    const closing = new ClosingSteps();
    closing.add(() => outer.close());
    try {
      const transport = await router.createWebRtcTransport({ webRtcServer, enableUdp: true, enableTcp: false });
      const front = await IceFront.open(outer, {
        agent: { ...transport.iceParameters, address, port: udpPortOf(transport) },
        gate: new SignalledGate(),
        heardSource: () => undefined,
      });
      closing.add(() => front.close());
      transport.on('dtlsstatechange', (state) => {
        if (state === 'connected') front.secure();
      });
      front.setRemote(peer.remote);
      await transport.connect({ dtlsParameters: peer.dtls });
      front.begin();
      return new RtcpAssociation(front);
    } catch (error) {
      await closing.run();
      throw error;
    }
  }

  setRemote(remote: SignalledRemote): void {
    this.front.setRemote(remote);
  }

  /** Idempotent; its transport goes with the router. */
  close(): void {
    this.front.close();
  }
}

/** Where a WebRTC server's transport is reached by UDP. */
export function udpPortOf({ iceCandidates }: types.WebRtcTransport): number {
  return iceCandidates.find(({ protocol }) => protocol === 'udp')?.port ?? 0;
}
