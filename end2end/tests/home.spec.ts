import { expect, open, test } from '../support/fixtures';

test('home shows the analyst what there is and how fresh it is', async ({ analyst, mode }) => {
  await open(analyst, '/dashboard', mode);
  await expect(analyst.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  const figures = analyst.locator('dl.figures');
  await expect(figures).toContainText('Tables you can read');
  await expect(figures).toContainText('5');
  await expect(figures).toContainText('5 of 5');
  await expect(analyst.getByRole('heading', { name: 'First steps' })).toBeVisible();
});

test('the sidebar shows only what the person may open', async ({ analyst, admin, mode }) => {
  await open(analyst, '/dashboard', mode);
  const places = (page: typeof analyst) => page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await expect(places(analyst)).toHaveText(['Home', 'Catalog', 'Set up', 'My tokens']);
  await open(admin, '/dashboard', mode);
  await expect(places(admin)).toHaveText(['Home', 'Catalog', 'Set up', 'My tokens', 'Tables', 'Access', 'People']);
  await expect(places(admin).filter({ hasText: 'Home' })).toHaveAttribute('aria-current', 'page');
});

test('a newcomer is told why home is empty and what to do next', async ({ visitor, mode, newcomer }) => {
  await newcomer.signIn(visitor);
  await open(visitor, '/dashboard', mode);
  await expect(visitor.getByText('Nothing has been shared with you yet')).toBeVisible();
  await expect(visitor.getByRole('link', { name: 'Meanwhile, set up your laptop' })).toBeVisible();
});
