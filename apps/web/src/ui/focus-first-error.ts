/** Brings the first field that is wrong into sight and under the keys: in a long form it may be far from the button. */
export function focusFirstError(): void {
  // The fields are marked only once they are drawn again.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus());
}
