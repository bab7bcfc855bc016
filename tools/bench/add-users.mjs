/**
 * Adds users with a phone each, as an administrator does in the portal.
 *
 * @param {Awaited<ReturnType<import('./portal-session.mjs').logIn>>} portal
 * @param {{ count: number, firstExtension: number }} wanted extensions are given in a row
 * @returns {Promise<{ user: string, password: string, number: string }[]>}
 * @throws {Error} with the portal's refusal
 */
export async function addUsers(portal, { count, firstExtension }) {
  const users = [];
  for (let index = 0; index < count; index += 1) {
    const number = String(firstExtension + index);
    const { credentials } = await portal.post('/api/admin/users', {
      email: `bench-${number}@example.com`,
      displayName: `Bench ${number}`,
      extension: number,
      voicemail: false,
      device: 'Bench phone',
    });
    users.push({ user: credentials.sipUsername, password: credentials.sipPassword, number });
  }
  return users;
}
