import { cleanup, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { DEMO_ADMIN } from '../testing/demo-admin.js';
import { serve } from '../testing/serve.js';
import { TestPage } from '../testing/test-page.js';
import { RequireAdmin } from './require-admin.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it('tells staff at an address that they were sent why they see nothing', async () => {
  serve({ GET: [200, { ...DEMO_ADMIN, role: 'staff', isOperator: false, displayName: 'Bob Baker' }] });
  const element = (
    <Suspense>
      <RequireAdmin />
    </Suspense>
  );
  render(<TestPage path="/admin/history/1" element={element} />);
  expect(await screen.findByRole('heading', { name: 'This page is for administrators' })).toBeTruthy();
  expect(screen.getByText(/logged in as Bob Baker/)).toBeTruthy();
});
