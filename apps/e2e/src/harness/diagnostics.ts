import type { Portal } from './portal.js';

/** What is kept of calls, and where copies of SIP messages go. */
export interface Diagnostics {
  ladder: { on: boolean; keepDays: number; maxMegabytes: number };
  hep: Record<string, unknown>;
  readonly kept?: { readonly calls: number; readonly bytes: number };
}

/** Changes what is kept and where it is sent. @returns what holds from then on */
export async function saveDiagnostics(admin: Portal, change: (settings: Diagnostics) => void): Promise<Diagnostics> {
  const settings = await admin.do<Diagnostics>('GET', '/api/admin/diagnostics');
  const body: Diagnostics = { ladder: { ...settings.ladder }, hep: { ...settings.hep } };
  delete body.hep['hasAuthKey'];
  change(body);
  return admin.do<Diagnostics>('PUT', '/api/admin/diagnostics', body);
}
