/** A logged-in session at the REST interface, as the web app would hold it. */
export class Portal {
  private cookie = '';
  private csrf = '';

  private constructor(private readonly url: string) {}

  static async login(url: string, email: string, password: string): Promise<Portal> {
    const portal = new Portal(url);
    const { status, body } = await portal.send<{ csrfToken: string }>('POST', '/api/session', { email, password });
    if (status >= 300) throw new Error(`Log-in of ${email} was refused: ${status} ${JSON.stringify(body)}`);
    portal.csrf = body.csrfToken;
    return portal;
  }

  get cookieHeader(): string {
    return this.cookie;
  }

  async send<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        origin: this.url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...(this.csrf === '' ? {} : { 'x-carillon-csrf': this.csrf }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) this.cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: (json && text !== '' ? JSON.parse(text) : text) as T };
  }

  /** As `send`, but anything other than success throws. */
  async do<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async bytes(path: string): Promise<Buffer> {
    const response = await fetch(this.url + path, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }
}
