import { CodedError } from '@carillon/service-runtime';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const SECONDS = 30;

/** How many requests one address may make in 30 s: far above what people do, far below what would hurt. */
const REQUESTS_PER_WINDOW = 3_000;

/** Slows an address that asks too much. */
export class RequestLimit {
  private readonly limiter: RateLimiterMemory;

  constructor(requests = REQUESTS_PER_WINDOW) {
    this.limiter = new RateLimiterMemory({ points: requests, duration: SECONDS });
  }

  /** @throws {CodedError} `REQUEST.TOO_MANY` with `retryAfterSeconds` */
  async take(address: string): Promise<void> {
    try {
      await this.limiter.consume(address);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new CodedError('REQUEST.TOO_MANY', 'Too many requests', { retryAfterSeconds });
    }
  }
}
