export { SfuEngine, type SfuHealth } from './sfu-engine.js';
export type { ProducerView, SfuEvent, SfuListener, Speaker } from './sfu-event.js';
export { DEFAULT_SFU_LIMITS, type SfuEngineOptions, type SfuLimits } from './sfu-options.js';
export { SFU_ERROR_CODES, type SfuErrorCode, type SfuOutcome } from './sfu-outcome.js';
export type { MediaKind, MediaSource, SfuRequest, UncheckedParameters } from './sfu-request.js';
export type { WorkerHealth } from './worker-pool.js';
