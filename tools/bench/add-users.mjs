/**
 * Adds users with a phone each, as an administrator does in the portal.
 *
 * @param {{ url: string, admin: { email: string, password: string } }} portal
 * @param {{ count: number, firstExtension: number }} wanted extensions are given in a row
 * @returns {Promise<{ user: string, password: string, number: string }[]>}
 * @throws {Error} with the portal's refusal
 */
export async function addUsers({ url, admin }, { count, firstExtension }) {
  const headers = { origin: url, 'content-type': 'application/json' };
  const login = await post(`${url}/api/session`, headers, admin);
  headers.cookie = login.cookies;
  headers['x-carillon-csrf'] = login.body.csrfToken;
  const users = [];
  for (let index = 0; index < count; index += 1) {
    const number = String(firstExtension + index);
    const { body } = await post(`${url}/api/admin/users`, headers, {
      email: `bench-${number}@example.com`,
      displayName: `Bench ${number}`,
      extension: number,
      voicemail: false,
      device: 'Bench phone',
    });
    users.push({ user: body.credentials.sipUsername, password: body.credentials.sipPassword, number });
  }
  return users;
}

async function post(url, headers, body) {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text}`);
  const cookies = response.headers.getSetCookie().map((line) => line.split(';')[0]);
  return { body: JSON.parse(text), cookies: cookies.join('; ') };
}
