import { afterEach, describe, expect, it, vi } from 'vitest';
import { copyText } from './copy-text.js';

afterEach(() => vi.unstubAllGlobals());

const withClipboard = (clipboard: unknown) => vi.stubGlobal('navigator', { clipboard });
/** What the browser would take when it is told to copy what is selected. */
const withExecCommand = (isAllowed: boolean): string[] => {
  const taken: string[] = [];
  // oxlint-disable-next-line typescript/no-deprecated -- there is no other way without HTTPS
  document.execCommand = (command) => {
    const field = document.activeElement;
    if (command === 'copy' && field instanceof HTMLTextAreaElement) taken.push(field.value);
    return isAllowed;
  };
  return taken;
};

describe('copying', () => {
  it('uses the clipboard where there is one', async () => {
    const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
    withClipboard({ writeText });
    expect(await copyText('a link')).toBe(true);
    expect(writeText).toHaveBeenCalledWith('a link');
  });

  it.each([
    ['plain HTTP', undefined],
    ['a refusal', { writeText: () => Promise.reject(new Error('Not allowed')) }],
  ])('works in the old way after %s, and leaves the focus and the page as they were', async (_, clipboard) => {
    withClipboard(clipboard);
    const button = document.createElement('button');
    document.body.replaceChildren(button);
    button.focus();
    const taken = withExecCommand(true);
    expect(await copyText('a link')).toBe(true);
    expect(taken).toEqual(['a link']);
    expect(document.activeElement).toBe(button);
    expect([...document.body.children]).toEqual([button]);
  });

  it('says so where nothing can be copied', async () => {
    withClipboard(undefined);
    withExecCommand(false);
    expect(await copyText('a link')).toBe(false);
  });
});
