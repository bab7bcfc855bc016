/** Extra header fields by name; an array makes several lines. CR and LF in values are neutralised. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;
