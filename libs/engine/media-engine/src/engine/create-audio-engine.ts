import type { AudioEngine, AudioEngineOptions } from '../api/audio-engine.js';
import { ThreadedAudioEngine } from './threaded-audio-engine.js';

/**
 * Starts the audio engine and its worker threads. Rejects when a thread cannot start. The worker file is TypeScript
 * when run from source: the process must have been started with the flags that run TypeScript, which threads inherit.
 */
export function createAudioEngine(options: AudioEngineOptions): Promise<AudioEngine> {
  return ThreadedAudioEngine.start(options);
}
