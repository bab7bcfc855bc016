import { connect } from 'node:net';

/**
 * Whether somebody takes TCP connections there. Nothing is sent: the connection is closed as soon as it is there, which
 * no SIP element minds.
 * @returns false when it is refused, unreachable, or not there within the time
 */
export function isListening(address: string, port: number, timeoutMilliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (listening: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(listening);
    };
    const timer = setTimeout(() => settle(false), timeoutMilliseconds);
    timer.unref();
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
