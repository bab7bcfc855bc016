/** A path of this site to go on to; anything that would lead elsewhere becomes the start page. */
export function localPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
