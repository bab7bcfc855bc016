/** `media-plane` → `mediaPlane` */
export const camelCase = (kebab) => kebab.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** `media-plane` → `MediaPlane` */
export const pascalCase = (kebab) => camelCase(`-${kebab}`);

/** Lower-case words joined by hyphens. @throws {Error} with a sentence */
export function checkKebab(name) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`"${name}" is not a name: lower-case words joined by hyphens are, e.g. call-queues.`);
  }
}

/**
 * Splits `call.hang-up`.
 *
 * @returns {{ noun: string, verb: string }}
 * @throws {Error} with a sentence
 */
export function splitDotted(name, example) {
  const [noun, verb, ...more] = name.split('.');
  if (!noun || !verb || more.length > 0) throw new Error(`"${name}" needs one dot, as in ${example}.`);
  checkKebab(noun);
  checkKebab(verb);
  return { noun, verb };
}
