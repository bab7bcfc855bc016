import type { types } from 'mediasoup';

export const LOOPBACK = '127.0.0.1';

/** A plain RTP transport of the SFU that only this machine reaches; both ends' addresses are fixed by `connect`. */
export function openLoopbackTransport(
  router: types.Router,
  ports: { readonly min: number; readonly max: number },
): Promise<types.PlainTransport> {
  return router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: LOOPBACK, portRange: { min: ports.min, max: ports.max } },
    rtcpMux: true,
    comedia: false,
  });
}
