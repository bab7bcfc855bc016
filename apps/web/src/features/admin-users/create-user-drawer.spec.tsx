import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { configureSchemas } from '../../app/zod-words.js';
import { TestPage } from '../../testing/test-page.js';
import { CreateUserDrawer } from './create-user-drawer.js';

afterEach(cleanup);

it('says beside each field what is wrong, and leads to the first', async () => {
  configureSchemas();
  render(<TestPage path="/" element={<CreateUserDrawer opened onClose={() => undefined} />} />);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Add user' }));
  expect(await screen.findAllByText('Fill this in')).toHaveLength(2);
  const name = screen.getByRole('textbox', { name: 'Name' });
  await waitFor(() => expect(document.activeElement).toBe(name));
});
