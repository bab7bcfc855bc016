const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info ',
  40: 'warn ',
  50: 'ERROR',
  60: 'FATAL',
};
const COLOURS: Readonly<Record<number, string>> = {
  10: '\u001B[90m',
  20: '\u001B[90m',
  30: '\u001B[32m',
  40: '\u001B[33m',
  50: '\u001B[31m',
  60: '\u001B[31m',
};

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not one of our lines (a library wrote it): shown as it is.
    return undefined;
  }
}

function showField(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** `12:03:44 warn  sentence  field=value …`, and an error's stack on the lines below. */
export function formatLogLine(line: string): string {
  const fields = parseLine(line);
  if (fields === undefined) return line;
  const { level, time, msg, error, err, ...rest } = fields;
  const number = typeof level === 'number' ? level : 30;
  const clock = new Date(typeof time === 'number' ? time : 0).toTimeString().slice(0, 8);
  const extras = Object.entries(rest).map(([name, value]) => `${name}=${showField(value)}`);
  const failure = error ?? err;
  const stack =
    typeof failure === 'object' && failure !== null && 'stack' in failure && typeof failure.stack === 'string'
      ? `\n${failure.stack}`
      : '';
  const head = `${clock} ${COLOURS[number] ?? ''}${LEVEL_NAMES[number] ?? String(number)}\u001B[0m`;
  return `${[head, typeof msg === 'string' ? msg : '', ...extras].join(' ').trimEnd()}${stack}\n`;
}
