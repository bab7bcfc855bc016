import process from 'node:process';

const PLAIN_LINE_EVERY_MS = 10_000;
const REFRESH_EVERY_MS = 500;

/**
 * One long piece of work, shown while it runs. On a terminal the line is rewritten in place; elsewhere (CI, a log
 * file) a plain line appears every 10 s, so that nobody looks at silence.
 *
 * @param {string} title what is being done, e.g. `Building the web app`
 * @param {NodeJS.WriteStream} [out]
 * @returns {{ update(detail: string): void, done(detail?: string): void, fail(detail: string): void }}
 */
export function startStep(title, out = process.stdout) {
  const live = Boolean(out.isTTY) && !process.env.CI;
  const startedAt = Date.now();
  let detail = '';
  let finished = false;

  const seconds = () => `(${((Date.now() - startedAt) / 1000).toFixed(1)} s)`;
  const text = () => `… ${title}${detail ? `: ${detail}` : ''} ${seconds()}`;
  const rewrite = (line) => out.write(`\r\u001b[2K${line.slice(0, Math.max(20, (out.columns ?? 100) - 1))}`);
  const show = () => (live ? rewrite(text()) : out.write(`${text()}\n`));
  const end = (mark, reason) => {
    if (finished) return;
    finished = true;
    clearInterval(timer);
    if (live) rewrite('');
    out.write(`${mark} ${title}${reason ? `: ${reason}` : ''} ${seconds()}\n`);
  };

  if (live) rewrite(text());
  else out.write(`… ${title}\n`);
  const timer = setInterval(show, live ? REFRESH_EVERY_MS : PLAIN_LINE_EVERY_MS);
  timer.unref();

  return {
    update(now) {
      detail = now;
    },
    done: (reason = '') => end('✓', reason),
    fail: (reason) => end('✗', reason),
  };
}
