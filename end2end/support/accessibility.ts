import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { type Page, expect } from '@playwright/test';
import type { AxeResults } from 'axe-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Runs axe over the page as it is and fails with what it found. The page's content security policy holds for the page's
 * own scripts; this one comes from the debugger.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await source);
  const results: AxeResults = await page.evaluate(() => {
    const axe = (globalThis as unknown as { axe: typeof import('axe-core') }).axe;
    return axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
  });
  const found = results.violations.map(
    (violation) => `${violation.id}: ${violation.help}\n${violation.nodes.map((node) => `    ${node.html}`).join('\n')}`,
  );
  expect(found.join('\n'), `accessibility of ${page.url()}`).toBe('');
}
