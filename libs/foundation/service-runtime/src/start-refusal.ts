import { CodedError } from './coded-error.js';

/**
 * A reason not to start that a person can mend (a taken port, a read-only folder). The program prints `message` alone,
 * without a stack, and ends with status 1.
 */
export class StartRefusal extends CodedError {
  constructor(code: `START.${string}`, message: string, options?: { cause?: unknown }) {
    super(code, message, undefined, options);
    this.name = 'StartRefusal';
  }
}
