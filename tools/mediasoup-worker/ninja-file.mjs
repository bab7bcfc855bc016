const DEFINES = ['MS_LITTLE_ENDIAN', 'MS_EXECUTABLE', 'FLATBUFFERS_LOCALE_INDEPENDENT=1'];
/** The order matters: `compat` must be found before the system's headers of the same name. */
const INCLUDES = ['compat', '.', 'worker/include', 'worker/deps/libwebrtc', 'worker/deps/libwebrtc/libwebrtc'];
const LIBRARIES = [
  'uv',
  'srtp2',
  'ssl',
  'crypto',
  'absl_strings',
  'absl_throw_delegate',
  'absl_bad_optional_access',
  'absl_raw_logging_internal',
  'pthread',
  'dl',
];
/** Files that need one more header forced in; see compat/ktls_safe_bio.h. */
const EXTRA_FLAGS = { 'src/RTC/DtlsTransport.cpp': '-include compat/ktls_safe_bio.h' };

/**
 * The build as a Ninja file. It runs in a folder with the links `worker` (the package's worker folder) and `compat`
 * and the generated headers in `FBS`, so that no path in it holds a space.
 *
 * @param {string[]} sources relative to the worker folder
 * @param {string} compiler e.g. `g++`
 * @returns {string}
 */
export function ninjaFile(sources, compiler) {
  const objectOf = (source) => `obj/${source.replace(/\.(cpp|cc)$/, '.o')}`;
  const flags = [
    '-std=c++20 -O2 -DNDEBUG -w -fPIC',
    ...DEFINES.map((name) => `-D${name}`),
    ...INCLUDES.map((path) => `-I${path}`),
  ].join(' ');
  return [
    `flags = ${flags}`,
    'rule compile',
    `  command = ${compiler} $flags $extra -MMD -MF $out.d -c $in -o $out`,
    '  depfile = $out.d',
    '  deps = gcc',
    'rule link',
    `  command = ${compiler} -s -o $out @$out.rsp ${LIBRARIES.map((name) => `-l${name}`).join(' ')}`,
    '  rspfile = $out.rsp',
    '  rspfile_content = $in',
    ...sources.flatMap((source) => {
      const build = `build ${objectOf(source)}: compile worker/${source}`;
      return EXTRA_FLAGS[source] ? [build, `  extra = ${EXTRA_FLAGS[source]}`] : [build];
    }),
    `build mediasoup-worker: link ${sources.map(objectOf).join(' ')}`,
    'default mediasoup-worker',
    '',
  ].join('\n');
}
