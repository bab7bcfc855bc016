/**
 * Puts a text on the clipboard. Browsers give pages `navigator.clipboard` over HTTPS and on localhost only; over plain
 * HTTP, as a server in the office often is, what a hidden field has selected is copied in the old way.
 * @returns whether it is there
 */
export async function copyText(text: string): Promise<boolean> {
  // Absent over plain HTTP, whatever the types say.
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  try {
    if (clipboard === undefined) return copySelected(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;opacity:0';
  // Inside a drawer the focus may not leave it.
  const within = focused?.closest('[role="dialog"]') ?? document.body;
  within.append(field);
  field.focus({ preventScroll: true });
  field.select();
  // oxlint-disable-next-line typescript/no-deprecated -- there is no other way without HTTPS
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}
