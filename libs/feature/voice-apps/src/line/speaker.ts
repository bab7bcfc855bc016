import type { PlaySource } from '@carillon/contracts';
import { Prompts } from '@carillon/prompts';
import { Logger } from '@carillon/service-runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Say } from './say.js';

/** Turns sentences into sound. One that cannot be spoken is logged and left out: the call goes on. */
@Injectable()
export class Speaker {
  constructor(
    @Inject(Prompts) private readonly prompts: Prompts,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async sources(pieces: readonly Say[]): Promise<PlaySource[]> {
    const spoken = await Promise.all(pieces.map((piece) => this.source(piece)));
    return spoken.filter((source) => source !== undefined);
  }

  private async source(piece: Say): Promise<PlaySource | undefined> {
    if (piece.kind !== 'text') return piece;
    try {
      return { kind: 'file', path: await this.prompts.text(piece.text) };
    } catch (error) {
      this.logger.warn({ error, sentence: piece.text }, 'A sentence is left out, since it cannot be spoken');
      return undefined;
    }
  }
}
