import { type Browser, chromium, type Page } from 'playwright-core'
import { loginLink } from '../../infra/local/login-link.ts'
import type { Stack } from '../support/stack.ts'
import { findChromium } from './find-chromium.ts'

export type Theme = 'light' | 'dark'

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
}

/**
 * A page that has logged in by a link, as a person does.
 * @param problems gets what the browser complains about: errors of scripts, and what the content security policy refused.
 */
export async function openConsole(
  browser: Browser,
  stack: Pick<Stack, 'urls' | 'token'>,
  { theme = 'light', problems = [] }: { theme?: Theme; problems?: string[] } = {},
): Promise<{ page: Page; base: string }> {
  const link = await loginLink(stack)
  if (!link) throw new Error('The console made no login link')
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
    bypassCSP: false,
  })
  // What is waited for comes in far less; this is for a slow machine that is busy with other work.
  context.setDefaultTimeout(90_000)
  const page = await context.newPage()
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(link)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  return { page, base: new URL(link).origin }
}
