// In the syntax of the first Nodes that know modules, so that an old one can read it and say so.

/** The lines with long-term support, each from where the packages work; what is newer than the last is taken, too. */
const LINES = [
  [20, 19],
  [22, 12],
  [24, 0],
];

/**
 * @param {string} version such as `22.12.0`
 * @returns {string | undefined} why Carillon does not run on it; undefined where it does
 */
export function refuseOldNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [newest] = LINES[LINES.length - 1];
  if (major >= newest || LINES.some(([line, least]) => major === line && minor >= least)) return undefined;
  return `Carillon needs Node 24, 22.12 or 20.19 (or newer ones of these lines), and this is Node ${version}.`;
}
