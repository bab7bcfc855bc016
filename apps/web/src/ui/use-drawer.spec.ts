import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { useDrawer } from './use-drawer.js';

afterEach(cleanup);

it('a save that ends late closes what it was made in, and nothing that was opened after it', () => {
  const { result } = renderHook(() => useDrawer<string>());
  act(() => result.current.open('first'));
  const closeFirst = result.current.close;
  act(() => result.current.close());
  expect(result.current).toMatchObject({ subject: 'first', opened: false });
  act(() => result.current.open('second'));
  act(closeFirst);
  expect(result.current).toMatchObject({ subject: 'second', opened: true });
  act(() => result.current.close());
  expect(result.current.opened).toBe(false);
});
