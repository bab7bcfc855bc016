import { silentLogger, type Logger } from '@carillon/service-runtime';
import type { Bus } from './bus.js';
import { MemoryTransport } from './memory-transport.js';
import { TypedBus } from './typed-bus.js';

/** A bus of its own within this process, for tests and tools. */
export function createMemoryBus(logger: Logger = silentLogger()): Bus {
  return new TypedBus(new MemoryTransport(), logger);
}
