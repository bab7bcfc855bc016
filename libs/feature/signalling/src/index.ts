export { SignallingModule } from './signalling.module.js';
export { SipWebSocket } from './sip/sip-web-socket.js';
export { startSignalling, type RunningSignalling, type SignallingOptions } from './signalling.js';
