import { z } from 'zod';

/** To the voice's process: speak this text into `<workDir>/speech.wav`. */
export interface SynthesisJob {
  readonly jobId: number;
  readonly text: string;
  /** One of the voices inside flite: `slt` and `rms` are 16 kHz. */
  readonly voice: string;
  readonly workDir: string;
}

/** From the voice's process. */
export const SynthesisResult = z.object({ jobId: z.number(), ok: z.boolean(), detail: z.string() });
