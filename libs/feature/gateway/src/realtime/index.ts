export { Identify } from './identify.js';
export { RealtimeServer, type RealtimeServerParts } from './realtime-server.js';
