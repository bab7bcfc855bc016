import { z } from 'zod';

/** Words beside fields, for what the contracts' schemas refuse without words of their own. */
function words(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string')
        return issue.minimum === 1 ? 'Fill this in' : `At least ${issue.minimum} characters`;
      return issue.origin === 'number' ? `At least ${issue.minimum}` : undefined;
    case 'too_big':
      if (issue.origin === 'string') return `At most ${issue.maximum} characters`;
      return issue.origin === 'number' ? `At most ${issue.maximum}` : `At most ${issue.maximum} entries`;
    case 'invalid_format':
      if (issue.format === 'email') return issue.input === '' ? 'Fill this in' : 'This is not an e-mail address';
      return undefined;
    case 'invalid_type':
      return issue.expected === 'number' ? 'Enter a number' : undefined;
    default:
      return undefined;
  }
}

/** Once, before the first form. Code made at run time is off: the page's content security policy allows none. */
export function configureSchemas(): void {
  z.config({ jitless: true, customError: (issue) => words(issue) });
}
