export { Bus } from './bus.js';
export type { CallOptions, CommandAnswer, CommandHandler, EventHandler, EventInput, HandleOptions } from './bus.js';
export type { BusTransport, WireReply, WireValue } from './bus-transport.js';
export { createMemoryBus } from './create-memory-bus.js';
export { EventBusModule } from './event-bus-module.js';
export { MemoryTransport } from './memory-transport.js';
export { TypedBus } from './typed-bus.js';
