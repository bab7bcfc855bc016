import { WebSocket } from 'ws';
import { until } from './wait.js';

interface Answer {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly message?: string;
  readonly result?: unknown;
}
interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** The first tab of a browser that speaks WebDriver BiDi (W3C), as little of it as the tests need. */
export class BidiPage {
  private id = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private context = '';

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.id === undefined) return;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  static async open(url: string, timeoutMs: number): Promise<BidiPage> {
    const page = new BidiPage(await until('the browser to listen', () => connected(url), { timeoutMs }));
    await page.send('session.new', { capabilities: {} });
    const { contexts } = await page.send<{ contexts: { context: string }[] }>('browsingContext.getTree', {});
    page.context = contexts[0]?.context ?? '';
    return page;
  }

  async goto(url: string): Promise<void> {
    await this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** Runs a function, or a script, in the page. Values cross as JSON. */
  async evaluate<T>(script: string): Promise<T>;
  async evaluate<T>(act: () => T | Promise<T>): Promise<T>;
  async evaluate<T, A>(act: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
  async evaluate<T>(act: string | ((argument: unknown) => unknown), argument?: unknown): Promise<T> {
    const call = typeof act === 'string' ? act : `return (${act.toString()})(${JSON.stringify(argument) ?? ''});`;
    const answer = await this.send<Evaluated>('script.callFunction', {
      functionDeclaration: `async () => { const value = await (async () => { ${call} })(); return JSON.stringify(value ?? null); }`,
      target: { context: this.context },
      awaitPromise: true,
      userActivation: true,
    });
    if (answer.type === 'exception') throw new Error(`In the page: ${answer.exceptionDetails?.text ?? ''}`);
    return JSON.parse(answer.result?.value ?? 'null') as T;
  }

  async endBrowser(): Promise<void> {
    await this.send('browser.close', {});
    this.socket.close();
  }

  private async send<T>(method: string, params: object): Promise<T> {
    const id = ++this.id;
    const answer = await new Promise<Answer>((settle, fail) => {
      this.waiting.set(id, settle);
      this.socket.once('close', () => fail(new Error(`The browser went away at ${method}`)));
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    if (answer.type === 'error') throw new Error(`${method}: ${answer.message ?? ''}`);
    return answer.result as T;
  }
}

function connected(url: string): Promise<WebSocket | undefined> {
  return new Promise((settle) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('open', () => settle(socket));
    socket.once('error', () => settle(undefined));
  });
}
