import { z } from 'zod';
import { Timestamp } from '../outcome.js';
import { route } from './route.js';

/** How long music on hold of one's own may be, in seconds, and how short. */
export const HOLD_MUSIC_SECONDS = { least: 1, most: 300 } as const;
/** Samples a second that pages convert to: as good as a telephone sounds (G.722). */
export const HOLD_MUSIC_RATE_HZ = 16_000;
/** A WAV file of that length and rate, with room for its header. */
export const MAX_HOLD_MUSIC_BYTES = HOLD_MUSIC_SECONDS.most * HOLD_MUSIC_RATE_HZ * 2 + 4_096;

/** Music on hold of an organisation's own. */
export const OwnHoldMusic = z.object({
  /** As the file was called that it was made from. */
  fileName: z.string().max(200),
  seconds: z.number().min(0),
  uploadedAt: Timestamp,
  /** Name of the admin. */
  uploadedBy: z.string(),
});
export type OwnHoldMusic = z.infer<typeof OwnHoldMusic>;

export const UploadHoldMusic = z.object({
  fileName: z.string().trim().min(1, { error: 'The file needs a name' }).max(200, { error: 'At most 200 characters' }),
  /** A WAV file in base64: PCM16, mono, 8 or 16 kHz. Pages convert whatever the browser can play. */
  wav: z
    .string()
    .min(1, { error: 'The file is empty' })
    .max(Math.ceil(MAX_HOLD_MUSIC_BYTES / 3) * 4, { error: 'This is longer than 5 minutes' }),
});
export type UploadHoldMusic = z.infer<typeof UploadHoldMusic>;

const PATH = '/api/admin/hold-music';

/** What calls of an organisation that are held hear, in place of the built-in piece. */
export const holdMusicRoutes = {
  holdMusic: route({
    method: 'GET',
    path: PATH,
    access: 'admin',
    response: z.object({ own: OwnHoldMusic.nullable() }),
  }),
  /** audio/wav, with Range; 404 where the built-in piece is heard. */
  holdMusicAudio: route({ method: 'GET', path: `${PATH}/audio`, access: 'admin' }),
  /** 400 with words beside `wav` for what is no such file, or too short or long. */
  uploadHoldMusic: route({
    method: 'PUT',
    path: PATH,
    access: 'admin',
    body: UploadHoldMusic,
    bodyBytes: Math.ceil(MAX_HOLD_MUSIC_BYTES / 3) * 4 + 4_096,
    response: OwnHoldMusic,
  }),
  /** Back to the built-in piece. */
  removeHoldMusic: route({ method: 'DELETE', path: PATH, access: 'admin' }),
} as const;
