import { z } from 'zod';

/** A refusal is a value: `code` is stable (`AREA.REASON`), `detail` is for people. */
export const Refusal = z.object({ ok: z.literal(false), code: z.string(), detail: z.string().optional() });
export type Refusal = z.infer<typeof Refusal>;

/** What a command answers: what it did, or why it did not. */
export function outcome<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), ...shape }), Refusal]);
}

/** A command's two schemas, in the place where both ends read them. */
export function command<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { input, output } as const;
}

/** ISO 8601, UTC. */
export const Timestamp = z.iso.datetime();
/** A JSON object that is passed on whole and read only at its ends (mediasoup's parameters). */
export const JsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof JsonObject>;
