import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@airs-cp/client'
import { buildWeb } from '../../services/console/web/build/build.ts'
import { startStack } from '../support/stack.ts'
import { startAlertReceiver } from './alert-receiver.ts'
import { startMcpDemo } from './mcp-demo.ts'
import { openBrowser, openConsole } from './open-console.ts'
import { pagesOf } from './pages.ts'
import { demoProviders, sendDemo } from './send-demo.ts'

const root = join(import.meta.dirname, '..', '..')
const target = join(root, 'dist', 'screenshots')

/** It differs from what is in force, so that the backtest has something to show. */
const draft = `name: demo-personal-data
description: Personal data does not go to a provider
mode: observe
direction: request
scope: { tags: [demo] }
detectors:
  - { detector: pii, types: [EMAIL, PHONE], threshold: 0.8 }
action: block
`

/** Shows every page in both themes with the traffic of the invented company; README's picture is one of them. */
mkdirSync(target, { recursive: true })
await buildWeb()
const tools = await startMcpDemo()
const receiver = await startAlertReceiver()
const stack = await startStack({ env: { AIRS_PROVIDERS_FILE: demoProviders, ...tools.env, ...receiver.env } })
try {
  await using client = createClient({ url: stack.urls.console!, token: stack.token })
  await client.mode.set('enforce', 'The pilot is over')
  await sendDemo(stack, '--exchanges', '300', '--past', '30d')
  await tools.change(stack)
  const session = await longestSession()
  const blocked = await newestBlocked()
  const browser = await openBrowser()
  for (const theme of ['light', 'dark'] as const) {
    const { page, base } = await openConsole(browser, stack, { theme })
    for (const { name, path, ready } of pagesOf({ blocked, session })) {
      await page.goto(`${base}${path}`)
      await ready(page)
      await page.waitForTimeout(400)
      await page.screenshot({ path: join(target, `${name}-${theme}.png`) })
    }
    await page.goto(`${base}/draft?range=30d`)
    await page.locator('.cm-content').fill(draft)
    await page.getByRole('button', { name: 'Run backtest' }).click()
    await page.getByText(/ended differently|No difference/).waitFor({ timeout: 180_000 })
    await page.screenshot({ path: join(target, `backtest-${theme}.png`) })
  }
  await browser.close()
  copyFileSync(join(target, 'exchange-light.png'), join(root, 'docs', 'console.png'))
  console.log(`The screenshots are in ${target}; docs/console.png is new.`)

  async function newestBlocked(): Promise<string> {
    for await (const { exchange, findings } of client.exchanges.search({ decision: 'block', limit: 100 }))
      if (findings > 1) return exchange
    throw new Error('The demo has no blocked exchange')
  }

  async function longestSession(): Promise<string> {
    let longest = { session: '', exchanges: 0 }
    for await (const { session } of client.exchanges.search({ tag: 'demo', limit: 300 })) {
      if (!session || session === longest.session) continue
      const { exchanges } = await client.sessions.get(session)
      if (exchanges.length > longest.exchanges) longest = { session, exchanges: exchanges.length }
    }
    return longest.session
  }
} finally {
  await stack.stop()
  await tools.stop()
  receiver.stop()
}
process.exit(0)
