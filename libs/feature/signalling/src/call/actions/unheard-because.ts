import {
  parseSessionDescription,
  protectionProblem,
  type ProtectionProblem,
  type SessionDescription,
} from '@carillon/sdp';

const WORDS: Readonly<Record<ProtectionProblem, string>> = {
  protocol: 'Answered in the clear what was offered encrypted, or the other way round',
  'no-keys': 'Answered encrypted, without a key that was offered',
};

/**
 * Why nobody would be heard after this answer: it protects its sound in another way than the offer (RFC 4568 §5.1.3).
 * Undefined where it does not, and where the media plane has to judge it for something else.
 */
export function unheardBecause(offer: string | undefined, answer: string | undefined): string | undefined {
  // Nothing was encrypted on either side, as in most calls: seen without reading either.
  if (isPlain(offer) && isPlain(answer)) return undefined;
  const offered = read(offer);
  const answered = read(answer);
  if (offered === undefined || answered === undefined) return undefined;
  const index = offered.media.findIndex(({ type, port }) => type === 'audio' && port !== 0);
  const ours = offered.media[index];
  const theirs = answered.media[index];
  if (ours === undefined || theirs === undefined || theirs.port === 0) return undefined;
  const problem = protectionProblem({ session: offered, media: ours }, { session: answered, media: theirs });
  return problem === undefined ? undefined : WORDS[problem];
}

const SECTION = '\nm=';
const PLAIN_AUDIO = /^m=audio [1-9]\d{0,4} RTP\/AVPF? /;

/** Whether there is one section alone, of audio in the clear, without keys. */
function isPlain(text = ''): boolean {
  const at = text.indexOf(SECTION) + 1;
  if (at === 0 || text.includes(SECTION, at) || text.includes('a=crypto:', at)) return false;
  // No longer than its beginning.
  return PLAIN_AUDIO.test(text.slice(at, at + 24));
}

function read(text: string | undefined): SessionDescription | undefined {
  const parsed = text === undefined ? undefined : parseSessionDescription(text);
  return parsed?.ok === true ? parsed.description : undefined;
}
