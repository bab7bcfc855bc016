import { MESSAGES } from './messages.mjs';

/**
 * Nobody may be fast by leaving something out: each copy has as many header lines' values as the message, and the body.
 *
 * @param {import('./start-contender.mjs').Contender[]} contenders
 */
export async function checkCopies(contenders) {
  for (const contender of contenders) {
    for (const [number, { name, octets }] of MESSAGES.entries()) {
      const copy = await contender.show(number);
      const [head, body] = split(new TextDecoder().decode(octets));
      const [copiedHead, copiedBody] = split(copy);
      const missing = names(head).filter((header) => !names(copiedHead).includes(header));
      if (missing.length > 0) throw new Error(`${contender.name} lost ${missing.join(', ')} of ${name}:\n${copy}`);
      if (copiedBody.trim() !== body.trim()) throw new Error(`${contender.name} lost the body of ${name}:\n${copy}`);
    }
  }
}

function split(text) {
  const end = text.indexOf('\r\n\r\n');
  return [text.slice(0, end), text.slice(end + 4)];
}

function names(head) {
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')).trim().toLowerCase());
}
