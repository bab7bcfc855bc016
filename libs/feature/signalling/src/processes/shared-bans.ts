import type { Bus } from '@carillon/event-bus';
import type { SourceBook } from '../border/source-book.js';
import type { Place } from './place.js';

/** A source that one process bans, or that an administrator lets in again, is banned or let in by all. */
export class SharedBans {
  constructor(private readonly parts: { readonly bus: Bus; readonly place: Place }) {}

  /** The process that changed it writes it down, too. */
  tell(book: Pick<SourceBook, 'find'>, source: string): void {
    const { bus, place } = this.parts;
    const ban = book.find(source);
    if (ban !== undefined && place.count > 1) bus.publish('signalling.source-banned', { process: place.own, ban });
  }

  /** @returns stops */
  hear(book: Pick<SourceBook, 'learn'>, learnt: (source: string) => void): () => void {
    const { bus, place } = this.parts;
    if (place.count === 1) return () => undefined;
    return bus.subscribe('signalling.source-banned', ({ process, ban }) => {
      if (process === place.own) return;
      book.learn(ban);
      learnt(ban.source);
    });
  }
}
