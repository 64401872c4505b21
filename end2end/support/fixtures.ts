import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  test as base,
  request,
} from '@playwright/test';

import { type Instance, people, startInstance } from './instance';
import { Newcomer, adminApi } from './newcomer';

/** What stands between the server's page and the person looking at it. */
export type Mode = 'no-script' | 'no-wasm' | 'hydrated';

export interface Options {
  mode: Mode;
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

interface PerTest {
  /** A page nobody has signed in on. */
  visitor: Page;
  /** The demo's admin, signed in. */
  admin: Page;
  /** The demo's analyst, signed in. */
  analyst: Page;
  /** The REST API as the demo's admin, to make what a test is about. */
  api: APIRequestContext;
  /** An account with a password and without any grant, made for this test. */
  newcomer: Newcomer;
}

interface PerWorker {
  instance: Instance;
  /** The session of each person: the printed links work once, so they are followed once. */
  sessions: { admin: StorageState; analyst: StorageState };
}

export const test = base.extend<PerTest & Options, PerWorker>({
  mode: ['hydrated', { option: true }],

  instance: [
    async ({}, use) => {
      const instance = await startInstance();
      await use(instance);
      await instance.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  sessions: [
    async ({ instance }, use) => {
      const session = async (email: string) => {
        const client = await request.newContext();
        const answer = await client.get(instance.links.get(email)!);
        if (!answer.url().endsWith('/dashboard')) throw new Error(`the link of ${email} led to ${answer.status()}`);
        const state = await client.storageState();
        await client.dispose();
        return state;
      };
      await use({ admin: await session(people.admin(instance)), analyst: await session(people.analyst(instance)) });
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ instance }, use) => use(instance.address),

  visitor: async ({ context, mode }, use) => use(await opened(context, mode)),

  // Named in full: what `test.use` sets for the page's own context holds for these too.
  admin: async ({ browser, baseURL, javaScriptEnabled, viewport, colorScheme, sessions, mode }, use) => {
    const options = { baseURL, javaScriptEnabled, viewport, colorScheme, storageState: sessions.admin };
    await signedIn(browser, options, mode, use);
  },

  analyst: async ({ browser, baseURL, javaScriptEnabled, viewport, colorScheme, sessions, mode }, use) => {
    const options = { baseURL, javaScriptEnabled, viewport, colorScheme, storageState: sessions.analyst };
    await signedIn(browser, options, mode, use);
  },

  api: async ({ instance, sessions }, use) => {
    const api = await adminApi(instance, sessions.admin);
    await use(api);
    await api.dispose();
  },

  newcomer: async ({ api }, use) => use(await Newcomer.create(api)),
});

async function signedIn(
  browser: Browser,
  options: BrowserContextOptions,
  mode: Mode,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  await use(await opened(context, mode));
  await context.close();
}

export { expect } from '@playwright/test';

/** A page on which nothing may go wrong unnoticed, in the given mode. */
async function opened(context: BrowserContext, mode: Mode): Promise<Page> {
  if (mode === 'no-wasm') await context.route('**/*.wasm', (route) => route.abort());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // Hydration that found something else than the server sent says so here.
    if (message.type() === 'error' || message.text().includes('hydration')) problems.push(message.text());
  });
  PROBLEMS.set(page, problems);
  return page;
}

const PROBLEMS = new WeakMap<Page, string[]>();

/** What the browser complained about on this page since it was last asked. */
export function problems(page: Page): string[] {
  const found = PROBLEMS.get(page) ?? [];
  return found.splice(0, found.length);
}

/** Opens an address and waits until the page is as alive as the mode lets it be. */
export async function open(page: Page, path: string, mode: Mode): Promise<void> {
  await page.goto(path);
  if (mode === 'hydrated') await hydrated(page);
}

/** Waits until the wasm has taken the page over. */
export async function hydrated(page: Page): Promise<void> {
  try {
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached', timeout: 20_000 });
  } catch {
    throw new Error(`${page.url()} did not hydrate; the browser said: ${problems(page).join('\n') || 'nothing'}`);
  }
}
