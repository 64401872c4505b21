import { type APIRequestContext, type BrowserContext, type Page, expect, request } from '@playwright/test';

import type { Instance } from './instance';

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

/** The REST API as the demo's admin, through the console's own session. */
export async function adminApi(instance: Instance, session: StorageState): Promise<APIRequestContext> {
  return request.newContext({
    baseURL: instance.address,
    storageState: session,
    // What a browser adds to a form of this site; a session alone changes nothing.
    extraHTTPHeaders: { Origin: instance.address },
  });
}

/** An account made for one test, in no group but Everyone. */
export class Newcomer {
  private constructor(
    readonly id: string,
    readonly email: string,
    readonly password: string,
  ) {}

  static async create(admin: APIRequestContext): Promise<Newcomer> {
    const name = `newcomer-${Math.random().toString(36).slice(2, 10)}`;
    const email = `${name}@example.com`;
    const created = await admin.post('/api/users', { data: { email, name } });
    expect(created.status(), await created.text()).toBe(201);
    const { id } = await created.json();
    const password = `the password of ${name}`;
    const set = await admin.post(`/api/users/${id}/set-password`, { data: { password } });
    expect(set.ok(), await set.text()).toBe(true);
    return new Newcomer(id, email, password);
  }

  /** Signs in as people do. */
  async signIn(page: Page): Promise<void> {
    await page.goto('/login');
    await page.getByLabel('E-mail').fill(this.email);
    await page.getByLabel('Password').fill(this.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/\/dashboard$/);
  }
}
