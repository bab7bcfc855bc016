/**
 * Logs in to the portal, as a browser does.
 *
 * @param {{ url: string, admin: { email: string, password: string } }} portal
 * @returns {Promise<{ get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any> }>} what is
 *   refused throws an Error with the portal's words
 */
export async function logIn({ url, admin }) {
  const headers = { origin: url, 'content-type': 'application/json' };
  const request = async (method, path, body) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers, body: text });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return { answer: JSON.parse(answer), cookies: response.headers.getSetCookie() };
  };
  const { answer, cookies } = await request('POST', '/api/session', admin);
  headers.cookie = cookies.map((line) => line.split(';')[0]).join('; ');
  headers['x-carillon-csrf'] = answer.csrfToken;
  return {
    get: async (path) => (await request('GET', path)).answer,
    post: async (path, body) => (await request('POST', path, body)).answer,
  };
}
