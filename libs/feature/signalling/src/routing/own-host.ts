/** A name with the root's dot is the same name (RFC 1034 §3.1). @param host lower case */
export function withoutRoot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/**
 * Whether a host is an organisation's domain, or we ourselves: the one rule for requests, transfers and redirections.
 * @param hosts names and addresses that stand for us
 */
export function isOwnHost(host: string | undefined, domain: string, hosts: ReadonlySet<string>): boolean {
  if (host === undefined) return false;
  const name = withoutRoot(host);
  return name === domain || hosts.has(name);
}
