import { expect, open, test } from '../support/fixtures';

test('the catalog lists what the analyst may read and nothing else', async ({ analyst, mode }) => {
  await open(analyst, '/catalog', mode);
  const rows = analyst.getByRole('table', { name: 'Tables you can read' }).locator('tbody tr');
  await expect(rows.getByRole('rowheader').getByRole('link')).toHaveText([
    'campaigns',
    'customers',
    'order_items',
    'orders',
    'products',
  ]);
  await expect(rows.first()).toContainText('Fresh');
});

test('search finds tables by their letters', async ({ analyst, mode }) => {
  await open(analyst, '/catalog', mode);
  await analyst.getByRole('searchbox', { name: 'Search tables' }).fill('order');
  await analyst.getByRole('searchbox', { name: 'Search tables' }).press('Enter');
  await expect(analyst).toHaveURL(/[?&]q=order/);
  const names = analyst.getByRole('rowheader').getByRole('link');
  await expect(names).toHaveText(['order_items', 'orders']);
});

test('a search without a match leads back to all', async ({ analyst, mode }) => {
  await open(analyst, '/catalog?q=nothing-of-that-name', mode);
  await expect(analyst.getByText('No table matches')).toBeVisible();
  await analyst.getByRole('link', { name: 'Show all tables' }).click();
  await expect(analyst.getByRole('link', { name: 'orders', exact: true })).toBeVisible();
});

test('the table page shows columns and sample rows', async ({ analyst, mode }) => {
  await open(analyst, '/catalog', mode);
  await analyst.getByRole('link', { name: 'orders', exact: true }).click();
  await expect(analyst).toHaveURL(/\/catalog\/tables\/orders$/);
  await expect(analyst.getByRole('heading', { name: 'orders', level: 1 })).toBeVisible();
  await expect(analyst.getByRole('heading', { name: 'Columns' })).toBeVisible();
  await expect(analyst.getByRole('region', { name: 'Sample rows' }).last().locator('tbody tr').first()).toBeVisible();
  await expect(analyst.getByText('SELECT * FROM orders')).toBeVisible();
});

test('a table that is not granted looks like one that does not exist', async ({ analyst, mode }) => {
  const said: string[] = [];
  for (const id of ['support_tickets', 'no_such_table']) {
    await open(analyst, `/catalog/tables/${id}`, mode);
    said.push((await analyst.getByRole('alert').innerText()).replaceAll(id, 'ID').replaceAll(/Request .*/g, ''));
  }
  expect(said[0]).toBe(said[1]);
});
