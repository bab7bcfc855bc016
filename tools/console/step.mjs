import process from 'node:process';

const PLAIN_LINE_EVERY_MS = 10_000;

/**
 * One long piece of work, shown while it runs. On a terminal the line is rewritten in place; elsewhere (CI, a log
 * file) a plain line appears at most every 10 s, so that nobody looks at silence.
 *
 * @param {string} title what is being done, e.g. `Building the web app`
 * @param {NodeJS.WriteStream} [out]
 * @returns {{ update(detail: string): void, done(detail?: string): void, fail(detail: string): void }}
 */
export function startStep(title, out = process.stdout) {
  const live = Boolean(out.isTTY) && !process.env.CI;
  const startedAt = Date.now();
  let lastPlainAt = startedAt;
  let finished = false;

  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const rewrite = (text) => {
    const width = Math.max(20, (out.columns ?? 100) - 1);
    out.write(`\r\u001b[2K${text.slice(0, width)}`);
  };
  const end = (mark, detail) => {
    if (finished) return;
    finished = true;
    const line = `${mark} ${title}${detail ? `: ${detail}` : ''} (${seconds()})`;
    if (live) rewrite('');
    out.write(`${line}\n`);
  };

  if (live) rewrite(`… ${title}`);
  else out.write(`… ${title}\n`);

  return {
    update(detail) {
      if (finished) return;
      if (live) return rewrite(`… ${title}: ${detail} (${seconds()})`);
      if (Date.now() - lastPlainAt < PLAIN_LINE_EVERY_MS) return;
      lastPlainAt = Date.now();
      out.write(`… ${title}: ${detail} (${seconds()})\n`);
    },
    done: (detail = '') => end('✓', detail),
    fail: (detail) => end('✗', detail),
  };
}
