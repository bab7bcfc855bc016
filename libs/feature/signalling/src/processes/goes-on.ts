import type { Remark } from '../ladder/entry-log.js';

/** What the ladder of a call says that outlived its process. */
export const GOES_ON: Remark = {
  category: 'decision',
  code: 'call.goes-on',
  text: 'The call goes on in another process of signalling',
};
