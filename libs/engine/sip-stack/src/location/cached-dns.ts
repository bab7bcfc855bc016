import type { Clock } from '../clock.js';
import type { Dns, DnsAnswer } from './dns.js';

const MAX_ENTRIES = 2000;
const MAX_TTL_SECONDS = 3600;
/** A TTL of zero still serves the requests of one burst. */
const MIN_TTL_SECONDS = 1;
/** RFC 2308 would take it from the SOA, which Node does not show. */
const NONE_SECONDS = 30;
const FAILED_SECONDS = 5;

interface Entry {
  readonly answer: Promise<DnsAnswer<unknown>>;
  /** Infinite until the answer is there: questions meanwhile share it. */
  until: number;
}

/** Remembers answers for their time, the oldest go first; what fails is asked again soon. */
export class CachedDns implements Dns {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly dns: Dns,
    private readonly clock: Clock,
  ) {}

  naptr(name: string): ReturnType<Dns['naptr']> {
    return this.ask(`naptr ${name}`, () => this.dns.naptr(name));
  }

  srv(name: string): ReturnType<Dns['srv']> {
    return this.ask(`srv ${name}`, () => this.dns.srv(name));
  }

  addresses(name: string, family: 4 | 6): ReturnType<Dns['addresses']> {
    return this.ask(`${family} ${name}`, () => this.dns.addresses(name, family));
  }

  get size(): number {
    return this.entries.size;
  }

  private ask<T>(question: string, query: () => Promise<DnsAnswer<T>>): Promise<DnsAnswer<T>> {
    const key = question.toLowerCase();
    const known = this.entries.get(key);
    // The key says which kind of record the entry holds.
    if (known !== undefined && known.until > this.clock.now()) return known.answer as Promise<DnsAnswer<T>>;
    const entry: Entry = { answer: query(), until: Number.POSITIVE_INFINITY };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > MAX_ENTRIES) {
      const oldest = this.entries.keys().next();
      if (oldest.done !== true) this.entries.delete(oldest.value);
    }
    void entry.answer.then((answer) => {
      entry.until = this.clock.now() + secondsOf(answer) * 1000;
    });
    return entry.answer as Promise<DnsAnswer<T>>;
  }
}

function secondsOf(answer: DnsAnswer<unknown>): number {
  switch (answer.kind) {
    case 'records':
      return Math.min(Math.max(answer.ttlSeconds, MIN_TTL_SECONDS), MAX_TTL_SECONDS);
    case 'none':
      return NONE_SECONDS;
    case 'failed':
      return FAILED_SECONDS;
  }
}
