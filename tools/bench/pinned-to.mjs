/** The words that go before a command which may use these cores only. @param {string | undefined} core as taskset writes it */
export const pinnedTo = (core) => (core === undefined ? [] : ['taskset', '-c', core]);
