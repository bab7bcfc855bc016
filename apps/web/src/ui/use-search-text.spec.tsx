import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Link, useLocation } from 'react-router';
import { afterEach, expect, it } from 'vitest';
import { TestPage } from '../testing/test-page.js';
import { SearchField } from './search-field.js';
import { useSearchText } from './use-search-text.js';

afterEach(cleanup);

function List() {
  const { pathname, search, hash } = useLocation();
  const { field, clear, search: searchOfLinks } = useSearchText();
  return (
    <>
      <output>{pathname + search + hash}</output>
      <SearchField label="Search" {...field} />
      <button onClick={clear}>Show all</button>
      <Link to="/list?outcome=missed">Missed</Link>
      <Link to={{ pathname: '/list', search: searchOfLinks, hash: '#one' }}>One</Link>
    </>
  );
}

const show = (at: string) => render(<TestPage path="/list" at={at} element={<List />} />);
const field = () => screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search' });
const type = (value: string) => fireEvent.change(field(), { target: { value } });
const isAt = (address: string) => waitFor(() => expect(screen.getByRole('status').textContent).toBe(address));

it('begins with what the address has, and puts into it what is typed, beside the filters that are there', async () => {
  show('/list?outcome=missed&search=bo');
  expect(field().value).toBe('bo');
  type('bob ');
  await isAt('/list?outcome=missed&search=bob');
  expect(field().value).toBe('bob ');
  fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
  await isAt('/list?outcome=missed');
  expect(field().value).toBe('');
  // The button goes with what it says.
  expect(document.activeElement).toBe(field());
});

it('goes along by a link that is followed before the address has it', async () => {
  show('/list?outcome=missed');
  type('bob ');
  fireEvent.click(screen.getByRole('link', { name: 'One' }));
  await isAt('/list?outcome=missed&search=bob#one');
});

it('is in the address at once when the field is left: who follows a link finds it on the way back', async () => {
  show('/list');
  type('bob');
  fireEvent.blur(field());
  expect(screen.getByRole('status').textContent).toBe('/list?search=bob');
});

it('goes with an address that has none', async () => {
  show('/list?search=bob');
  fireEvent.click(screen.getByRole('link', { name: 'Missed' }));
  await waitFor(() => expect(field().value).toBe(''));
  await isAt('/list?outcome=missed');
});
