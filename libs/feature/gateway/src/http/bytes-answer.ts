/** Bytes that were made for this request, to be saved as a file. */
export class BytesAnswer {
  /** @param fileName ASCII, without quotes */
  constructor(
    readonly bytes: Buffer,
    readonly contentType: string,
    readonly fileName: string,
  ) {}
}
