import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HOLD_MUSIC_SECONDS, OwnHoldMusic } from '@carillon/contracts';
import type { Tx } from '@carillon/database';
import { holdMusicFile } from '@carillon/domain';
import { z } from 'zod';
import { FileAnswer } from '../http/file-answer.js';
import { invalid, notFound } from '../http/refusals.js';
import type { RouteHandlers } from '../http/route-types.js';
import { actorOf, inOwnOrganisation, type GatewayServices } from './gateway-services.js';
import { readWavFacts } from './read-wav-facts.js';

/** What telephones sound like; pages convert to it. */
const RATES_HZ: readonly number[] = [8_000, 16_000];
const Stored = z.object({ ownHoldMusic: OwnHoldMusic.nullable().catch(null) });

type HoldMusicRoutes = 'holdMusic' | 'holdMusicAudio' | 'uploadHoldMusic' | 'removeHoldMusic';

/** Music on hold of an organisation's own: the sound is a file below the data folder, what it is stands in the settings. */
export const holdMusicRoutes = (services: GatewayServices): RouteHandlers<HoldMusicRoutes> => {
  const pathOf = (id: string): string => join(services.settings.dataDir, holdMusicFile(id));
  return {
    async holdMusic(request) {
      const { organisationId } = request.principal;
      const own = await inOwnOrganisation(services, request, (tx) => read(tx, organisationId));
      // The media plane goes by the file.
      return { own: existsSync(pathOf(organisationId)) ? own : null };
    },

    async holdMusicAudio({ principal: { organisationId } }) {
      if (!existsSync(pathOf(organisationId))) throw notFound('The built-in music is heard');
      return new FileAnswer(services.settings.dataDir, holdMusicFile(organisationId), 'audio/wav');
    },

    async uploadHoldMusic(request) {
      const { organisationId, displayName } = request.principal;
      const { fileName } = request.body;
      const { wav, seconds } = check(request.body.wav);
      const own: OwnHoldMusic = {
        ...{ fileName, seconds },
        ...{ uploadedAt: new Date(services.clock.now()).toISOString(), uploadedBy: displayName },
      };
      const path = pathOf(organisationId);
      const written = `${path}.${crypto.randomUUID()}`;
      await mkdir(dirname(path), { recursive: true });
      try {
        await writeFile(written, wav);
        await inOwnOrganisation(services, request, async (tx) => {
          const before = await read(tx, organisationId);
          await write(tx, organisationId, own);
          await services.audit.record(tx, {
            ...{ actor: actorOf(request), action: 'hold-music.uploaded', target: fileName },
            ...{ before: before ?? undefined, after: own },
          });
          // Whole at once; who hears the old one goes on with it.
          await rename(written, path);
        });
      } finally {
        await rm(written, { force: true });
      }
      return own;
    },

    async removeHoldMusic(request) {
      const { organisationId } = request.principal;
      await inOwnOrganisation(services, request, async (tx) => {
        const before = await read(tx, organisationId);
        if (before === null && !existsSync(pathOf(organisationId))) return;
        await write(tx, organisationId, null);
        await services.audit.record(tx, {
          ...{ actor: actorOf(request), action: 'hold-music.removed', target: before?.fileName ?? 'Music on hold' },
          before: before ?? undefined,
        });
        await rm(pathOf(organisationId), { force: true });
      });
    },
  };
};

/** @throws {CodedError} `REQUEST.INVALID` */
function check(base64: string): { wav: Buffer; seconds: number } {
  const wav = Buffer.from(base64, 'base64');
  const facts = readWavFacts(wav);
  if (facts === undefined || !RATES_HZ.includes(facts.sampleRate))
    throw invalid({ wav: 'This is no WAV file with one channel, 16 bits and 8 or 16 kHz' });
  const seconds = Math.round((facts.length / 2 / facts.sampleRate) * 10) / 10;
  const { least, most } = HOLD_MUSIC_SECONDS;
  if (seconds < least) throw invalid({ wav: 'This is shorter than a second' });
  if (seconds > most) throw invalid({ wav: `This is longer than ${most / 60} minutes` });
  return { wav, seconds };
}

async function read(tx: Tx, organisationId: string): Promise<OwnHoldMusic | null> {
  const { settings } = await tx.organisation.findUniqueOrThrow({ where: { id: organisationId } });
  return Stored.safeParse(settings).data?.ownHoldMusic ?? null;
}

async function write(tx: Tx, organisationId: string, ownHoldMusic: OwnHoldMusic | null): Promise<void> {
  // What others keep in there stays.
  await tx.$executeRaw`
    UPDATE organisation SET settings = settings || ${JSON.stringify({ ownHoldMusic })}::jsonb
    WHERE id = ${organisationId}::uuid`;
}
