import { expect, open, test } from '../support/fixtures';

test('a visitor is led to sign in and from there to where they wanted to go', async ({ visitor, mode, newcomer }) => {
  await open(visitor, '/catalog', mode);
  await expect(visitor).toHaveURL(/\/login\?next=/);
  await expect(visitor.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();

  await visitor.getByLabel('E-mail').fill(newcomer.email);
  await visitor.getByLabel('Password').fill(newcomer.password);
  await visitor.getByRole('button', { name: 'Sign in' }).click();

  await expect(visitor).toHaveURL(/\/catalog$/);
  await expect(visitor.getByRole('heading', { name: 'Catalog', level: 1 })).toBeVisible();
});

test('a wrong password says so and keeps one on the page', async ({ visitor, mode, newcomer }) => {
  await open(visitor, '/login', mode);
  await visitor.getByLabel('E-mail').fill(newcomer.email);
  await visitor.getByLabel('Password').fill('not the password');
  await visitor.getByRole('button', { name: 'Sign in' }).click();

  await expect(visitor).toHaveURL(/\/login/);
  await expect(visitor.getByText('That e-mail and password do not belong together.')).toBeVisible();
});

test('signing out ends the session', async ({ visitor, mode, newcomer }) => {
  await newcomer.signIn(visitor);
  await open(visitor, '/dashboard', mode);
  await visitor.locator('summary', { hasText: /Account of/ }).click();
  await visitor.getByRole('button', { name: 'Sign out' }).click();
  await expect(visitor).toHaveURL(/\/login/);

  await visitor.goto('/dashboard');
  await expect(visitor, 'the session is over').toHaveURL(/\/login/);
});
