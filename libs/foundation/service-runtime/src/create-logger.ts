import { Writable } from 'node:stream';
import { pino } from 'pino';
import { formatLogLine } from './format-log-line.js';
import type { Logger } from './logger.js';
import type { LogLevel } from './settings.js';

const SECRET_FIELDS = [
  'password', 'newPassword', 'currentPassword', 'sipPassword', 'passwordHash', 'secret', 'token', 'tokenHash', 'csrf',
  'pin', 'pinHash', 'voicemailPin', 'authorization', 'proxyAuthorization', 'cookie', 'ha1', 'ha1Md5', 'ha1Sha256', 'key',
]; // prettier-ignore

const REDACTED_PATHS = [
  ...SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
  'req.headers.cookie',
  'req.headers.authorization',
];

/** Renders pino's JSON lines for a person at a terminal. */
function humanLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      out.write(formatLogLine(chunk.toString('utf8')));
      done();
    },
  });
}

/**
 * The process's logger: JSON lines, or plain lines when `out` is a terminal.
 * @param out where lines go; standard output unless told otherwise
 */
export function createLogger(
  level: LogLevel,
  out: NodeJS.WritableStream & { isTTY?: boolean } = process.stdout,
): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err },
  };
  return pino(options, out.isTTY === true ? humanLines(out) : out);
}

/** A logger that says nothing, for tests. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
