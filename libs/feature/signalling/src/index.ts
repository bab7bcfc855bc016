export { SignallingModule } from './signalling.module.js';
export { SignallingProcessesModule } from './processes/signalling-processes.module.js';
export type { SignallingProcessesOptions } from './processes/signalling-processes.module.js';
export { tellReady } from './processes/signalling-processes.js';
export { SipWebSocketDoor, takeSipUpgrades } from './processes/sip-web-socket-door.js';
export { SipWebSocket } from './sip/sip-web-socket.js';
export { startSignalling, type RunningSignalling } from './signalling.js';
export type { SignallingOptions } from './signalling-options.js';
