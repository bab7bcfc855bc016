import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { relative } from 'node:path';

const MOST_CHARACTERS = 400;

/**
 * A reporter of vitest: which tests failed, which needed a second try, and what went wrong outside of any test, as
 * lines in the file that `CARILLON_PROBLEMS_FILE` names. `npm test` says them again at its end, where they are found.
 */
export default class ProblemsReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const file = process.env.CARILLON_PROBLEMS_FILE;
    if (file === undefined) return;
    const lines = testModules.flatMap((testModule) => [...problemsOf(testModule)]);
    for (const error of unhandledErrors) lines.push(`outside of any test: ${brief(error)}`);
    writeFileSync(file, JSON.stringify(lines));
  }
}

function* problemsOf(testModule) {
  const place = relative(process.cwd(), testModule.moduleId);
  for (const error of testModule.errors()) yield `failed: ${place}: ${brief(error)}`;
  for (const suite of testModule.children.allSuites())
    for (const error of suite.errors()) yield `failed: ${place} > ${suite.fullName}: ${brief(error)}`;
  for (const test of testModule.children.allTests()) {
    const { state, errors } = test.result();
    if (state === 'failed') yield `failed: ${place} > ${test.fullName}: ${brief(errors?.[0])}`;
    else if (state === 'passed' && (test.diagnostic()?.retryCount ?? 0) > 0)
      yield `passed at the second try: ${place} > ${test.fullName}: ${brief(errors?.[0])}`;
  }
}

/** One line of what was thrown, which may be anything. */
function brief(error) {
  const text = String(error?.stack ?? error?.message ?? error).replaceAll(/\s+/g, ' ');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
