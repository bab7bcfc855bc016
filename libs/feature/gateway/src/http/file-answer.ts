/** A file to send, with byte ranges. */
export class FileAnswer {
  /** @param root absolute folder that the path may not leave @param path relative to it */
  constructor(
    readonly root: string,
    readonly path: string,
    readonly contentType: string,
  ) {}
}
