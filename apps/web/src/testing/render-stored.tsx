import { act, render } from '@testing-library/react';
import { Suspense, useState, type ReactNode } from 'react';
import { TestPage } from './test-page.js';

/** Renders what shows something that is stored. @returns stores it anew, as another administrator does */
export function renderStored<Stored>(first: Stored, show: (stored: Stored) => ReactNode): (next: Stored) => void {
  let store: (next: Stored) => void = () => undefined;
  const Shown = () => {
    const [stored, setStored] = useState(first);
    store = setStored;
    return show(stored);
  };
  const element = (
    <Suspense>
      <Shown />
    </Suspense>
  );
  render(<TestPage path="/" element={element} />);
  return (next) => act(() => store(next));
}
