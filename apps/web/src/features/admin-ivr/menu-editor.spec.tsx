import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestPage } from '../../testing/test-page.js';
import { MenuEditor } from './menu-editor.js';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('MenuEditor', () => {
  it('draws each key as it is added, and asks for its target before it saves', async () => {
    const fetcher = vi.fn<typeof fetch>();
    vi.stubGlobal('fetch', fetcher);
    render(<TestPage path="/" element={<MenuEditor menu={null} users={[]} groups={[]} />} />);
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Name/), 'Main');
    await user.type(screen.getByLabelText(/^Extension/), '1200');
    await user.type(screen.getByLabelText(/What callers hear/), 'Welcome');
    await user.click(screen.getByRole('button', { name: 'Add a key' }));
    await user.click(screen.getByRole('button', { name: 'Add a key' }));

    const tree = within(screen.getByRole('list', { name: 'What each key does' }));
    expect(tree.getAllByText('Ring a group: not chosen')).toHaveLength(2);
    expect(screen.getByRole('group', { name: 'Key 2' })).toBeTruthy();

    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getAllByText('Choose where this key leads')).toHaveLength(2);
    expect(fetcher).not.toHaveBeenCalled();
  });

  it('marks what the contract refuses beside its field', async () => {
    render(<TestPage path="/" element={<MenuEditor menu={null} users={[]} groups={[]} />} />);
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Extension/), '1');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByText(/An extension has 2 to 8 digits/)).toBeTruthy();
  });
});
