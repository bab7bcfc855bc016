import { buildDate } from '@carillon/sip-message';

/** The value of Date (RFC 3261 §20.17), made once a second however often it is asked for. */
export class DateText {
  private second = -1;
  private text = '';

  /** @param now milliseconds since 1970 */
  at(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      this.text = buildDate(now);
    }
    return this.text;
  }
}
