import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createClient } from '@airs-cp/client'
import { eventTypes, outcomeTypes } from '@airs-cp/events'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { appendToken } from '../../libs/cli/append-token.ts'
import { sha256 } from '../../libs/runtime/auth.ts'
import { buildWeb } from '../../services/console/web/build/build.ts'
import { airs } from '../support/airs.ts'
import { until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { startAlertReceiver } from './alert-receiver.ts'
import { findChromium } from './find-chromium.ts'
import { hostilePrompts } from './hostile-prompts.ts'
import { startMcpDemo } from './mcp-demo.ts'
import { openBrowser, openConsole, type Theme } from './open-console.ts'
import { pagesOf } from './pages.ts'
import { demoProviders, sendDemo } from './send-demo.ts'

try {
  findChromium()
} catch (error) {
  console.log(`SKIPPED, the console was not looked at: ${(error as Error).message}`)
  process.exit(0)
}
const built = join(import.meta.dirname, '..', '..', 'services', 'console', 'web', 'dist')
const firstLoadBytes = 150 * 1_024

let stack: Stack
let tools: Awaited<ReturnType<typeof startMcpDemo>>
let browser: Browser
let client: ReturnType<typeof createClient>
let blocked: { exchange: string; session: string; finding: string }
const directory = makeTemporaryDirectory()
const viewerToken = 'token-of-a-viewer-for-the-tests'
let receiver: Awaited<ReturnType<typeof startAlertReceiver>>

before(async () => {
  await buildWeb()
  tools = await startMcpDemo()
  const tokens = join(directory.path, 'tokens.yaml')
  appendToken(tokens, { name: 'guest', role: 'viewer', sha256: sha256(viewerToken).toString('hex') })
  receiver = await startAlertReceiver()
  stack = await startStack({
    apart: ['audit'],
    env: {
      AIRS_PROVIDERS_FILE: demoProviders,
      AIRS_TOKENS_FILE: tokens,
      AIRS_ENVIRONMENT: 'staging (EU)',
      ...receiver.env,
      ...tools.env,
    },
  })
  client = createClient({ url: stack.urls.console!, token: stack.token })
  await sendDemo(stack, '--exchanges', '60')
  await tools.change(stack)
  for await (const { exchange, session, findingTypes } of client.exchanges.search({ decision: 'block' }))
    if (session && findingTypes[0]) blocked ??= { exchange, session, finding: findingTypes[0] }
  assert.ok(blocked, 'the demo has a blocked exchange')
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await client?.close()
  await stack?.stop()
  await tools?.stop()
  receiver?.stop()
  directory.remove()
})

/** What pages showed when a test failed: a place that never appears says little. */
afterEach(async (context) => {
  if ((context as unknown as { passed: boolean }).passed) return
  for (const open of browser.contexts()) {
    for (const page of open.pages())
      console.log(
        `${page.url()} showed:\n${await page.locator('body').innerText({ timeout: 5_000 }).catch(String)}`,
      )
    await open.close()
  }
})

/** Scrolls through a conversation, and measures what a frame takes meanwhile. */
const medianFrameMs = `(async () => {
  const element = document.querySelector('section[aria-label="Conversation"]')
  const took = []
  for (let last = performance.now(), step = 0; step < 60; step += 1) {
    element.scrollTop += 4000
    await new Promise(requestAnimationFrame)
    took.push(performance.now() - last)
    last = performance.now()
  }
  return took.sort((a, b) => a - b)[30]
})()`

/** Links and buttons that are too small for their words, and columns of which next to nothing is left. */
const cutOnPage = `[
  ...[...document.querySelectorAll('main :is(a, button)')].filter(
    ({ clientHeight, scrollHeight, clientWidth, scrollWidth }) =>
      clientHeight > 0 && (scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1),
  ),
  ...[...document.querySelectorAll('main th')].filter(({ clientWidth }) => clientWidth < 40),
  ...[...document.querySelectorAll('main td.truncate')].filter(
    ({ clientWidth, scrollWidth }) => clientWidth < 120 && scrollWidth > clientWidth,
  ),
].map((element) => element.textContent)`

/** Sends a chat through the ingress, as an app does. */
async function say(content: string, agent = 'test'): Promise<{ exchange: string; status: number }> {
  const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-airs-agent': agent },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
  })
  await response.arrayBuffer()
  return { exchange: response.headers.get('x-airs-exchange-id')!, status: response.status }
}

function isStored(exchange: string): Promise<true> {
  return until(`the outcome of ${exchange}`, async () => {
    for await (const found of client.exchanges.search({ limit: 200 }))
      if (found.exchange === exchange && found.state === 'completed') return true
    return undefined
  })
}

describe('three walks', () => {
  test('from the overview to a blocked call and why, in three clicks', async () => {
    const { page } = await openConsole(browser, stack)
    await page.getByRole('link', { name: /^Blocked/ }).click()
    const rows = page.getByRole('table', { name: 'Exchanges' }).getByRole('row')
    await rows.filter({ hasText: blocked.finding }).first().click()
    const peek = page.getByRole('complementary', { name: 'Exchange' })
    await peek.locator('mark').first().waitFor()
    await peek.getByRole('link', { name: 'Open exchange' }).click()
    const about = page.getByRole('complementary', { name: 'About this exchange' })
    await about.getByText('block', { exact: true }).first().waitFor()
    assert.match(await about.innerText(), /version \d+/)
    assert.ok((await page.locator('mark').count()) > 0)
    await page.keyboard.press('n')
    await page.getByText(/^1 of \d+ findings?$/).waitFor()
    await page.context().close()
  })

  test('draft a policy, backtest it, enforce it, see it block, roll back', async () => {
    const { page } = await openConsole(browser, stack)
    const name = 'no-project-heron'
    const policy = (action: string) =>
      `name: ${name}\nmode: observe\ndirection: request\ndetectors:\n  - { detector: pattern, name: HERON, pattern: 'Project Heron' }\naction: ${action}\n`
    const before = await say('When does Project Heron start?')
    await stack.settled()
    assert.equal(before.status, 200)
    await page.getByRole('banner').getByText('staging (EU)').waitFor()
    await page.getByRole('link', { name: 'Policies' }).click()
    await page.getByRole('link', { name: 'Draft a policy' }).click()
    await page.locator('.cm-content').fill(policy('block'))
    await page.getByRole('button', { name: 'Observe policy' }).click()
    await page.getByText('1 ingress decides by it').waitFor()
    await page.getByRole('button', { name: 'Run backtest' }).click()
    await page.getByText(/exchanges would have ended differently/).waitFor({ timeout: 120_000 })
    await page
      .getByRole('region', { name: 'Exchanges that would have ended differently' })
      .getByRole('link')
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Let this policy enforce' }).click()
    await page.getByLabel('Reason, for the record').fill('The walk of the tests')
    await page.getByRole('button', { name: 'Enforce policy' }).click()
    await page.getByText('version 2', { exact: false }).first().waitFor()
    await client.mode.set('enforce', 'the walk', undefined)
    assert.equal((await say('When does Project Heron start?')).status, 403)
    await page.getByRole('button', { name: 'Roll back to this' }).first().click()
    await page.getByText('Rolled back.').waitFor()
    assert.equal((await say('When does Project Heron start?')).status, 200)
    await page.goto(`${stack.urls.console!.replace('127.0.0.1', 'localhost')}/exchanges/${before.exchange}`)
    await page.getByRole('link', { name: 'Test against a draft' }).click()
    await page.locator('.cm-content').fill(policy('block'))
    await page.getByRole('button', { name: 'Run backtest' }).click()
    await page.getByText('The exchange would have ended differently.').waitFor({ timeout: 120_000 })
    await page.context().close()
  })

  test('from what a policy decided over time to the exchanges of one step', async () => {
    const { page } = await openConsole(browser, stack)
    await page.goto(`${stack.urls.console!.replace('127.0.0.1', 'localhost')}/?steps=table`)
    const { policy } = (await client.figures.overview()).policies[0]!
    await page.getByLabel('Decisions by').selectOption(policy)
    await page.waitForURL((url) => url.searchParams.get('by') === policy)
    const newest = page.getByRole('region', { name: 'Decisions over time' }).getByRole('row').nth(1)
    const counts = [...(await newest.innerText()).matchAll(/[a-z]+ ([\d,]+)/g)].map(([, count]) => count!)
    await newest.getByRole('link').first().click()
    await page.waitForURL(/\/traffic\?policy=/)
    const { from, until, policy: of } = Object.fromEntries(new URL(page.url()).searchParams)
    assert.equal(of, policy)
    const query = { policy, from: new Date(from!), until: new Date(until!) }
    const found = await Array.fromAsync(client.exchanges.search(query))
    assert.equal(
      found.length,
      counts.reduce((sum, count) => sum + Number(count.replaceAll(',', '')), 0),
    )
    await page.getByText('A fixed time is not followed').waitFor()
    await page.getByRole('table', { name: 'Exchanges' }).getByRole('row').nth(1).waitFor()
    await page.goBack()
    const part = newest.getByRole('link').nth(1)
    const [, action, count] = /([a-z]+) ([\d,]+)/.exec(await part.innerText())!
    await part.click()
    await page.waitForURL(/verdict=/)
    const asked = Object.fromEntries(new URL(page.url()).searchParams)
    assert.match(asked.verdict!, new RegExp(`^${action}:`))
    const ofPart = await Array.fromAsync(client.exchanges.search({ ...query, verdict: asked.verdict! }))
    assert.equal(ofPart.length, Number(count!.replaceAll(',', '')))
    await page.getByRole('button', { name: /remove this time/ }).click()
    await page.waitForURL((url) => !url.searchParams.has('until'))
    await page.context().close()
  })

  test('hand a month to an auditor: export, statement, verify', async () => {
    const directory = makeTemporaryDirectory()
    const { page } = await openConsole(browser, stack)
    await page.goto(`${stack.urls.console!.replace('127.0.0.1', 'localhost')}/exports?range=30d`)
    await page.getByRole('button', { name: 'Request export' }).click()
    const save = async (what: string) => {
      const waiting = page.waitForEvent('download')
      await page
        .getByRole('link', { name: new RegExp(`^${what}`) })
        .first()
        .click()
      const download = await waiting
      await download.saveAs(join(directory.path, download.suggestedFilename()))
    }
    await save('File')
    await save('Manifest')
    await save('Proof')
    const command = await page
      .getByText(/^npx airs verify .*\.jsonl$/)
      .filter({ hasNotText: 'statement' })
      .first()
      .innerText()
    const file = join(directory.path, command.replace('npx airs verify ', ''))
    await page
      .getByText(/ (UTC|GMT\S*) to now/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Make statement' }).click()
    const text = page.getByText(/^airs-cp statement|statement/i).first()
    await text.waitFor()
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save statement' }).click()
    const statement = join(directory.path, 'statement.txt')
    await (await waiting).saveAs(statement)
    const [key] = (await client.log.status()).keys
    const keyFile = join(directory.path, 'key')
    await writeFile(keyFile, `${key}\n`)
    for (const one of [file, statement]) {
      const { code, out, err } = await airs(stack, ['verify', one, '--key', keyFile])
      assert.equal(code, 0, `${out}${err}`)
    }
    await page.context().close()
    directory.remove()
  })
})

describe('every page', () => {
  for (const theme of ['light', 'dark'] as const satisfies readonly Theme[])
    test(`is accessible and without errors in the ${theme} theme`, async () => {
      const problems: string[] = []
      const { page, base } = await openConsole(browser, stack, { theme, problems })
      const found: string[] = []
      for (const { name, path, ready } of pagesOf({ blocked: blocked.exchange, session: blocked.session })) {
        await page.goto(`${base}${path}`)
        await ready(page)
        // Only colours differ between the themes.
        const axe = new AxeBuilder({ page })
        const { violations } = await (theme === 'dark' ? axe.withRules('color-contrast') : axe).analyze()
        for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 160)}`)
      }
      assert.deepEqual(found, [])
      assert.deepEqual(problems, [])
      await page.context().close()
    })

  test('cuts no link, no button and no name on a phone', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.setViewportSize({ width: 390, height: 844 })
    const cut: string[] = []
    for (const { name, path, ready } of pagesOf({ blocked: blocked.exchange, session: blocked.session })) {
      await page.goto(`${base}${path}`)
      await ready(page)
      cut.push(...(await page.evaluate<string[]>(cutOnPage)).map((text) => `${name}: ${text}`))
    }
    assert.deepEqual(cut, [])
    await page.context().close()
  })

  test('is usable at 200 % zoom, without scrolling sideways', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.setViewportSize({ width: 640, height: 450 })
    for (const { path, ready } of pagesOf({ blocked: blocked.exchange, session: blocked.session })) {
      await page.goto(`${base}${path}`)
      await ready(page)
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      assert.ok(overflow <= 1, `${path} is ${overflow} px too wide`)
    }
    await page.context().close()
  })
})

test('each page says how to get the same by CLI and API, and both do it', async () => {
  const { page, base } = await openConsole(browser, stack)
  const failed: string[] = []
  const seen = new Set<string>()
  for (const { path, ready } of pagesOf({ blocked: blocked.exchange, session: blocked.session })) {
    await page.goto(`${base}${path}`)
    await ready(page)
    await page.getByRole('button', { name: 'As CLI and API' }).click()
    const popup = page.getByRole('dialog')
    await popup.waitFor()
    for (const line of (await popup.locator('pre').allInnerTexts()).join('\n').split('\n')) {
      if (seen.has(line) || /FILE|offboard/.test(line)) continue
      seen.add(line)
      const url = /^curl .* '(\S+)'$/.exec(line)?.[1]
      if (url) {
        const { status } = await fetch(url, { headers: { authorization: `Bearer ${stack.token}` } })
        if (status !== 200) failed.push(`${line}: ${status}`)
        continue
      }
      const { code, err } = await airs(stack, line.replace('npx airs ', '').split(' '))
      if (code !== 0) failed.push(`${line}: ${code} ${err}`)
    }
  }
  assert.deepEqual(failed, [])
  assert.ok(seen.size > 40, `${seen.size} commands and requests`)
  await page.context().close()
})

test('the keyboard reaches everything: pages, rows, filters, findings, the palette', async () => {
  const { page, base } = await openConsole(browser, stack)
  const { keyboard } = page
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  for (const [key, path] of Object.entries({
    t: '/traffic',
    s: '/sessions',
    p: '/policies',
    a: '/agents',
    k: '/keys',
    e: '/exports',
    h: '/health',
    o: '/',
  })) {
    await keyboard.press('g')
    await keyboard.press(key)
    await page.waitForURL((url) => url.pathname === path)
  }
  for (const { path, table, opened } of [
    { path: '/sessions', table: 'Sessions', opened: /\/sessions\/./ },
    { path: '/policies', table: 'Policies in force', opened: /\/policies\/./ },
    { path: '/keys', table: 'Client keys', opened: /\/traffic\?key=/ },
  ]) {
    await page.goto(`${base}${path}`)
    await page.getByRole('region', { name: table }).getByRole('row').nth(2).waitFor()
    await keyboard.press('j')
    await keyboard.press('j')
    await keyboard.press('k')
    await keyboard.press('Enter')
    await page.waitForURL(opened)
  }
  await page.goto(`${base}/traffic?decision=block`)
  await page.getByRole('table', { name: 'Exchanges' }).getByRole('row').nth(1).waitFor()
  await keyboard.press('j')
  const peek = page.getByRole('complementary', { name: 'Exchange' })
  await peek.waitFor()
  await keyboard.press('Escape')
  await peek.waitFor({ state: 'detached' })
  await keyboard.press('/')
  await keyboard.type('heron')
  assert.equal(await page.getByLabel('Words that were said').inputValue(), 'heron')
  await keyboard.press('Escape')
  await keyboard.press('j')
  await keyboard.press('Enter')
  await page.waitForURL(/\/exchanges\//)
  await page.locator('mark').first().waitFor()
  // Marks are there a moment before keys are listened to, which on a busy machine is longer than to the next line here.
  const chosen = page.getByText(/^\d+ of \d+ findings?$/)
  for (let tries = 0; tries < 20 && !(await chosen.isVisible()); tries++) {
    await keyboard.press('n')
    await chosen.waitFor({ timeout: 1_000 }).catch(() => {})
  }
  await chosen.waitFor()
  await keyboard.press('p')
  await keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' })
  await keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or go to' }).waitFor()
  await keyboard.type('who has access')
  await keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === '/keys')
  await page.goto(`${base}/sessions/${blocked.session}`)
  await page.getByText('Made by the model').waitFor()
  await page.getByRole('region', { name: 'Lineage' }).getByRole('button').last().press('Enter')
  await page.getByRole('button', { name: 'Where it came from' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('button', { name: 'Where it came from' }).waitFor({ state: 'detached' })
  await page.context().close()
})

describe('what goes wrong', () => {
  test('a service that is down is named on every page, and the tail misses nothing', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.goto(`${base}/traffic?agent=while-audit-is-down`)
    await say('Hello', 'while-audit-is-down')
    const rows = page.getByRole('table', { name: 'Exchanges' }).getByText('while-audit-is-down')
    await rows.first().waitFor()
    await page.getByText('Following', { exact: true }).waitFor()
    await stack.process('audit').stop()
    await page.getByText('Reconnecting, nothing is missed').waitFor()
    await page.getByText('audit is not ready:').waitFor()
    for (let index = 0; index < 3; index++) await say('Hello', 'while-audit-is-down')
    const other = await page.context().newPage()
    await other.goto(base)
    await other.getByText('The overview could not be loaded').waitFor()
    await other.getByText('audit is not ready:').waitFor()
    await other.goto(`${base}/health`)
    await other.getByText('Not known while it does not respond: audit').waitFor()
    await other.goto(`${base}/policies`)
    await other.getByRole('region', { name: 'Policies in force' }).getByRole('row').nth(1).waitFor()
    await other.goto(base)
    await stack.process('audit').start()
    await page.getByText('Following', { exact: true }).waitFor()
    await rows.nth(3).waitFor()
    assert.equal(await rows.count(), 4)
    await page.getByText('audit is not ready:').waitFor({ state: 'detached' })
    await other.getByText('Sent = recorded').waitFor()
    await page.context().close()
  })

  test('an exchange that is recorded while the list is read, and before the tail begins, is shown', async () => {
    const { page, base } = await openConsole(browser, stack)
    const isRead = Promise.withResolvers<void>()
    const isRecorded = Promise.withResolvers<void>()
    const isFollowing = Promise.withResolvers<void>()
    await page.route('**/v1/exchanges?*', async (route) => {
      const response = await route.fetch()
      isRead.resolve()
      await isFollowing.promise
      await route.fulfill({ response }).catch(() => {})
    })
    await page.route('**/v1/exchanges/live?*', async (route) => {
      await isRecorded.promise
      await route.continue()
    })
    await page.goto(`${base}/traffic?agent=said-between`)
    await isRead.promise
    const { exchange } = await say('Hello', 'said-between')
    await isStored(exchange)
    isRecorded.resolve()
    await page.getByText('Following', { exact: true }).waitFor()
    await new Promise((resolve) => setTimeout(resolve, 500))
    isFollowing.resolve()
    await page.getByRole('table', { name: 'Exchanges' }).getByText('said-between').first().waitFor()
    await page.context().close()
  })

  test('a connection that is lost is said and found again', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.goto(`${base}/keys`)
    await page.getByRole('region', { name: 'Client keys' }).waitFor()
    await page.context().setOffline(true)
    await page.getByText('No connection to the console.').waitFor()
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.context().setOffline(false)
    await page.getByText('No connection to the console.').first().waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Sessions' }).getByRole('row').nth(1).waitFor()
    await page.goto(`${base}/traffic`)
    await page.getByText('Following', { exact: true }).waitFor()
    await page.context().setOffline(true)
    await page.getByText('Reconnecting, nothing is missed').waitFor()
    await say('Said meanwhile', 'said-meanwhile')
    await page.context().setOffline(false)
    await page.getByText('said-meanwhile').first().waitFor()
    await page.getByText('Following', { exact: true }).waitFor()
    await page.context().close()
  })

  test('a session that has expired asks for the token, and the page stays', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.goto(`${base}/policies?range=7d`)
    await page.getByRole('heading', { name: 'Policies' }).waitFor()
    await page.context().clearCookies()
    await page.getByText('Your session has ended.').waitFor()
    await page.getByLabel('Token of the control APIs').fill(stack.token)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('region', { name: 'Policies in force' }).getByRole('row').nth(1).waitFor()
    assert.equal(new URL(page.url()).search, '?range=7d')
    await page.context().close()
  })

  test('a role sees what it may not do, and why', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const base = stack.urls.console!.replace('127.0.0.1', 'localhost')
    await page.goto(base)
    await page.getByLabel('Token of the control APIs').fill(viewerToken)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('guest').first().waitFor()
    for (const { path, ready } of [
      { path: `/exchanges/${blocked.exchange}`, ready: 'What was said is not shown' },
      { path: '/exports/erase', ready: 'Erase content' },
    ]) {
      await page.goto(`${base}${path}`)
      await page.getByText(ready).first().waitFor()
    }
    await page.goto(`${base}/keys`)
    const create = page.getByRole('button', { name: 'Create key' })
    assert.equal(await create.getAttribute('aria-disabled'), 'true')
    assert.match((await create.getAttribute('title')) ?? '', /Your role is viewer\..* the role admin/)
    await page.goto(`${base}/mode`)
    await page.getByRole('region', { name: 'Changes of the mode' }).waitFor()
    assert.equal(await page.getByRole('alert').count(), 0)
    await context.close()
  })
})

describe('an export of a view of traffic', () => {
  const outcomes = new Set<string>([...outcomeTypes, eventTypes.requestBlocked])
  /** Exchanges with an outcome in it; a request may also be there because others refer to what it said first. */
  const exported = async (id: string) => {
    const response = await fetch(`${stack.urls.console}/v1/exports/${id}/download`, {
      headers: { authorization: `Bearer ${stack.token}` },
    })
    const lines = (await response.text()).trim().split('\n').filter(Boolean)
    return lines
      .map((line) => JSON.parse(line))
      .filter(({ type }) => outcomes.has(type))
      .map(({ exchange }) => exchange)
      .sort()
  }
  const seen = async (filters: object) =>
    (await Array.fromAsync(client.exchanges.search({ ...filters, limit: 500 })))
      .map(({ exchange }) => exchange)
      .sort()

  test('has the exchanges that the search finds, whatever it is narrowed by', async () => {
    const demo = await Array.fromAsync(client.exchanges.search({ tag: 'demo', limit: 500 }))
    const { keyId, keyName, credential } = demo.find((one) => one.keyId && one.credential)!
    for (const filters of [
      { decision: 'block' },
      { decision: 'redact', policy: 'demo-personal-data' },
      { verdict: 'redact:enforced' },
      { verdict: 'enforced', policy: 'demo-secrets' },
      { status: '4xx' },
      { status: '200', agent: 'code-reviewer' },
      { state: 'failed' },
      { key: keyId! },
      { key: keyName! },
      { credential: credential!.slice(0, 8) },
      { text: 'offer or table' },
      { finding: 'EMAIL', status: '200' },
    ]) {
      const wanted = await seen(filters)
      assert.ok(wanted.length > 0, `${JSON.stringify(filters)} finds something`)
      let { id, state } = await client.exports.create({ filters } as never)
      while (state === 'queued' || state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 100))
        state = (await client.exports.get(id)).state
      }
      assert.deepEqual(await exported(id), wanted, JSON.stringify(filters))
    }
  })

  test('begins with its filters and its time', async () => {
    const { page, base } = await openConsole(browser, stack)
    const from = new Date(Date.now() - 3_600_000).toISOString()
    const until = `${new Date(Date.now() + 60_000).toISOString().slice(0, 16)}:00.000Z`
    await page.goto(`${base}/traffic?${new URLSearchParams({ state: 'failed', tag: 'demo', from, until })}`)
    await page.getByRole('link', { name: 'Export this view' }).click()
    await page.getByLabel('Only this state').waitFor()
    const requested = page.waitForResponse(
      (response) => response.url().endsWith('/v1/exports') && response.request().method() === 'POST',
    )
    await page.getByRole('button', { name: 'Request export' }).click()
    const job = await (await requested).json()
    assert.deepEqual(job.filters, { state: 'failed', tag: 'demo' })
    assert.deepEqual([job.from, job.until], [from, until])
    await page.context().close()
  })

  test('follows the time range of the page until another time is written', async () => {
    const { page, base } = await openConsole(browser, stack)
    await page.goto(`${base}/exports?range=24h`)
    const from = page.getByRole('textbox', { name: 'From' })
    assert.equal(await from.inputValue(), '24h')
    const ranges = page.getByLabel('Time range')
    await ranges.selectOption('7d')
    await page.getByText(/airs export events .*--from 7d/).waitFor()
    assert.equal(await from.inputValue(), '7d')
    await from.fill('2026-11-01')
    await ranges.selectOption('1h')
    await page.waitForURL(/range=1h/)
    assert.equal(await from.inputValue(), '2026-11-01')
    await page.context().close()
  })
})

test('alerts, and what became of them, are on the page Health', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/health`)
  const alerts = page.getByRole('region', { name: 'Alerts' })
  await alerts.getByText('request-blocked').first().waitFor()
  await alerts.getByText('delivered').first().waitFor()
  await page.context().close()
})

describe('hostile prompts', () => {
  test('are text: nothing runs, nothing is loaded, and what hides is named', async () => {
    const problems: string[] = []
    const { page, base } = await openConsole(browser, stack, { problems })
    const outside: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url())) outside.push(request.url())
    })
    for (const prompt of hostilePrompts) {
      const { exchange } = await say(prompt)
      await stack.settled()
      for (const view of ['conversation', 'raw']) {
        await page.goto(`${base}/exchanges/${exchange}?view=${view}`)
        await page
          .getByText(view === 'raw' ? 'Request, as the client sent it' : 'Request')
          .first()
          .waitFor()
        await page.locator('bdi').first().waitFor()
      }
    }
    assert.equal(await page.evaluate<boolean>("'attacked' in window"), false)
    assert.equal(
      await page
        .locator('iframe, main img, main a[href^="https://evil"], main a[href^="javascript"]')
        .count(),
      0,
    )
    assert.deepEqual(outside, [])
    assert.deepEqual(problems, [])
    const { exchange } = await say(hostilePrompts[6]!)
    await stack.settled()
    await page.goto(`${base}/exchanges/${exchange}`)
    for (const name of ['RLO', 'ZWSP', 'LRI', 'tag h'])
      await page.getByText(name, { exact: true }).first().waitFor()
    await page.context().close()
  })

  test('a conversation of 2,000 messages and a body of 10 MB are shown within two seconds', async () => {
    const messages = Array.from({ length: 2_000 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: `Message ${index} ${'word '.repeat(index === 999 ? 2_000_000 : 20)}`,
    }))
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [...messages, { role: 'user', content: 'mock:text="Done"' }],
      }),
    })
    await response.arrayBuffer()
    const exchange = response.headers.get('x-airs-exchange-id')!
    await stack.settled()
    const { page, base } = await openConsole(browser, stack)
    await page.goto(`${base}/exchanges/${exchange}`)
    await page.getByText('Message 0 word').first().waitFor()
    const frames = await page.evaluate<number>(medianFrameMs)
    assert.ok((await page.locator('article').count()) < 100, 'only what is near the window is laid out')
    assert.ok(frames < 500, `the median frame took ${frames.toFixed(0)} ms`)
    await page.goto(`${base}/exchanges/${exchange}?view=raw`)
    const raw = page.getByRole('region', { name: 'Request, as the client sent it' }).last()
    await raw.getByText('Message 0 word').first().waitFor()
    assert.ok((await raw.locator('pre').count()) < 100, 'of a body too')
    await page.context().close()
  })
})

describe('a session', () => {
  test('is needed, is in a cookie that no script reads, and ends when a person logs out', async () => {
    const { page, base } = await openConsole(browser, stack)
    const [cookie] = await page.context().cookies()
    assert.equal(cookie?.httpOnly, true)
    assert.equal(cookie?.sameSite, 'Strict')
    assert.equal(await page.evaluate<string>('document.cookie'), '')
    const asked = (headers: Record<string, string>) =>
      fetch(`${base}/v1/mode`, {
        method: 'PUT',
        headers: {
          'content-type': 'application/json',
          cookie: `${cookie!.name}=${cookie!.value}`,
          ...headers,
        },
        body: JSON.stringify({ mode: 'off', reason: 'an attack' }),
      })
    assert.equal((await asked({})).status, 403)
    assert.equal((await asked({ 'x-csrf-token': 'guessed' })).status, 403)
    assert.equal((await asked({ origin: 'https://evil.example' })).status, 403)
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Token of the control APIs').waitFor()
    assert.equal(
      (await fetch(`${base}/v1/mode`, { headers: { cookie: `${cookie!.name}=${cookie!.value}` } })).status,
      401,
    )
    await page.context().close()
  })

  test('begins with a pasted token too, at the address that was asked for', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${stack.urls.console!.replace('127.0.0.1', 'localhost')}/policies`)
    await page.getByLabel('Token of the control APIs').fill('wrong-token-of-a-stranger')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Token of the control APIs').fill(stack.token)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Policies' }).waitFor()
    await context.close()
  })
})

test('an MCP tool that was changed: see it, see what changed, approve it', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/agents`)
  const servers = page.getByRole('region', { name: 'MCP servers' })
  await servers.getByText('1 changed').waitFor()
  await servers.getByRole('link', { name: 'helpdesk' }).click()
  const rows = page.getByRole('region', { name: 'Tools' }).getByRole('row')
  await rows.filter({ hasText: 'find_ticket' }).getByText('changed, waits for approval').waitFor()
  await rows.getByRole('link', { name: 'find_ticket' }).click()
  await page.getByLabel('Difference').getByText('files.example').waitFor()
  await page.getByRole('button', { name: 'Refuse this definition' }).click()
  await page.getByText('Refused. 1 ingress decides by it').waitFor()
  await rows.filter({ hasText: 'find_ticket' }).getByText('refused').waitFor()
  await page.getByLabel('Reason, for the record').fill('Agreed with the vendor')
  await page.getByRole('button', { name: 'Approve this definition' }).click()
  await page.getByText('Approved. 1 ingress decides by it').waitFor()
  await rows.filter({ hasText: 'find_ticket' }).getByText('approval').waitFor()
  await page.getByText(/Agreed with the vendor$/).waitFor()
  await page.getByRole('region', { name: 'Last calls' }).getByText('tools/call echo').waitFor()
  await page.context().close()
})

test('erasing a session: count it, say why, erase it; what was said is gone from its page', async () => {
  const { page, base } = await openConsole(browser, stack)
  const session = 'to-be-erased'
  const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session-id': session },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'The capital of Atlantis' }],
    }),
  })
  await response.arrayBuffer()
  const exchange = response.headers.get('x-airs-exchange-id')!
  await stack.settled()
  await page.goto(`${base}/exchanges/${exchange}`)
  await page.getByText('The capital of Atlantis').first().waitFor()
  await page.goto(`${base}/exports/erase?session=${session}`)
  await page.getByRole('button', { name: 'Count what this names' }).click()
  await page.getByText(/^1 exchanges? of 1 sessions?/).waitFor()
  await page.getByLabel('Reason, for the record').fill('A person asked for it')
  await page.getByRole('button', { name: /^Erase 1 / }).click()
  await page.getByRole('button', { name: 'Yes, erase it for ever' }).click()
  await page.getByRole('region', { name: 'Erasures' }).getByText('completed').waitFor()
  await page.goto(`${base}/exchanges/${exchange}`)
  await page.getByRole('heading', { name: 'Erased' }).waitFor()
  await page.getByText('A person asked for it').waitFor()
  assert.equal(await page.getByText('The capital of Atlantis').count(), 0)
  await page.context().close()
})

test('an image that stands in a body is shown, and one at an address is not loaded', async () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const image = (url: string) => ({ type: 'image_url', image_url: { url } })
  const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            image(`data:image/png;base64,${png}`),
            image('https://evil.example/pixel.png'),
          ],
        },
      ],
    }),
  })
  await response.arrayBuffer()
  const exchange = response.headers.get('x-airs-exchange-id')!
  await stack.settled()
  const problems: string[] = []
  const { page, base } = await openConsole(browser, stack, { problems })
  await page.goto(`${base}/exchanges/${exchange}`)
  const shown = page.getByRole('img', { name: 'image/png, 70 B' })
  await shown.waitFor()
  await page.waitForFunction(
    `document.querySelector('article img')?.complete && document.querySelector('article img').naturalWidth === 1`,
  )
  assert.equal(await page.locator('main img').count(), 1)
  assert.deepEqual(problems, [])
  const { out } = await airs(stack, ['exchanges', 'show', exchange])
  assert.match(out, /\[image\/png, 70 B\]/)
  await page.context().close()
})

test('what is on hold is kept, and retention is set with a reason, in two presses', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/exports/retention`)
  const place = page.getByRole('form', { name: 'Place a hold' })
  await place.getByLabel('Session').fill(blocked.session)
  await place.getByLabel('Until before').fill('2099-01-02')
  const command = await place.locator('pre').innerText()
  assert.ok(command.includes('--to 2099-01-01 '), `${command}: the last day is included there`)
  await place.getByLabel('Until before').fill('')
  await place.getByLabel(/^Reason/).fill('The case of Example')
  await place.getByRole('button', { name: 'Place hold' }).click()
  await page.getByText(/exchanges are on hold, with those to come/).waitFor()
  await page.goto(`${base}/exports/erase?session=${encodeURIComponent(blocked.session)}`)
  await page.getByRole('button', { name: 'Count what this names' }).click()
  await page.getByText(/^0 exchanges of 0 sessions/).waitFor()
  await page.getByText(/\d+ exchanges more are on hold, and would stay/).waitFor()
  await page.goBack()
  const holds = page.getByRole('region', { name: 'Legal holds' })
  await holds.getByText('The case of Example').waitFor()
  await place.getByLabel(/^Reason/).fill('The case is over')
  await holds.getByRole('button', { name: 'Release hold' }).click()
  await holds.getByText('released').waitFor()
  const set = page.getByRole('form', { name: 'Set the retention' })
  await set.getByLabel('Days of content').fill('3650')
  await set.getByLabel(/^Reason/).fill('Ten years')
  await set.getByRole('button', { name: 'Set the retention' }).click()
  await set.getByRole('button', { name: 'Yes, remove what is older for ever' }).click()
  await page.getByText('3,650 days').waitFor()
  assert.equal((await client.retention.get()).contentDays, 3_650)
  await page.context().close()
})

test('an empty time says what there was last, and each figure leads to as many exchanges', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/traffic?from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z`)
  await page.getByRole('heading', { name: 'No traffic in this time' }).waitFor()
  await page.getByRole('link', { name: 'Show the last hour' }).click()
  await page.getByRole('table', { name: 'Exchanges' }).getByRole('row').nth(1).waitFor()
  await page.goto(`${base}/traffic?from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z`)
  await page.getByRole('heading', { name: 'No traffic in this time' }).waitFor()
  await page.getByLabel('Time range').selectOption('7d')
  await page.getByRole('table', { name: 'Exchanges' }).getByRole('row').nth(1).waitFor()
  for (const [figure, filters] of [
    ['Blocked', { decision: 'block' }],
    ['Redacted', { decision: 'redact' }],
    ['Failed', { state: 'failed' }],
  ] as const) {
    await page.goto(`${base}/?range=24h`)
    const link = page.getByRole('link', { name: new RegExp(`^${figure}`) })
    const count = Number((await link.locator('[title]').first().getAttribute('title'))!.replaceAll(',', ''))
    const found = await Array.fromAsync(client.exchanges.search({ ...filters, limit: 500 }))
    assert.equal(count, found.length, figure)
    const { searchParams } = new URL((await link.getAttribute('href'))!, base)
    for (const [name, value] of Object.entries(filters)) assert.equal(searchParams.get(name), value)
  }
  await page.context().close()
})

test('a call of a tool in the demo is one piece, from the response that made it to its result', async () => {
  const demo = await Array.fromAsync(client.exchanges.search({ tag: 'demo', limit: 500 }))
  let calls = 0
  for (const session of new Set(demo.map(({ session }) => session!))) {
    const { nodes } = (await client.sessions.getLineage(session)).lineage
    const made = nodes.filter(({ kind }) => kind === 'tool-call')
    calls += made.length
    assert.deepEqual(
      made.filter(({ generated }) => !generated).map(({ name }) => name),
      [],
      session,
    )
  }
  assert.ok(calls > 0)
})

test('the timeline of a long session has only the rows near its window, and reaches every call', async () => {
  const session = 'a-session-of-many-calls'
  const count = 540
  for (let sent = 0; sent < count; sent += 20)
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fetch(`${stack.urls.ingress}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-session-id': session },
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `turn ${sent + index}` }] }),
        }).then(({ status }) => assert.equal(status, 200)),
      ),
    )
  await until('the whole session', async () => {
    const found = await client.sessions.get(session).catch(() => undefined)
    return found?.exchangeCount === count || undefined
  })
  const { page } = await openConsole(browser, stack)
  await page.goto(`${stack.urls.console!.replace('127.0.0.1', 'localhost')}/sessions/${session}`)
  const timeline = page.getByRole('region', { name: 'Timeline' })
  const rows = timeline.getByRole('listitem')
  await rows.first().waitFor()
  const seen = new Set<string>()
  const collect = async () => {
    const shown = await rows.evaluateAll((all) =>
      all.map((row) => [
        row.getAttribute('aria-posinset')!,
        row.getAttribute('aria-setsize')!,
        row.querySelector('a')!.getAttribute('href')!,
      ]),
    )
    assert.ok(shown.length < 100, `${shown.length} rows at once`)
    for (const [place, size, href] of shown) {
      assert.equal(size, String(count))
      seen.add(`${place} ${href}`)
    }
    return shown.map(([place]) => Number(place))
  }
  /** Collects once the rows of the window are there. @returns whether it is the last window. */
  const collectWindow = async () => {
    for (;;) {
      const places = await collect()
      const last = await timeline.evaluate(({ scrollTop, clientHeight }) => (scrollTop + clientHeight) / 32)
      if (places.includes(Math.min(count, Math.floor(last)))) return places.includes(count)
      await page.waitForTimeout(20)
    }
  }
  await timeline.focus()
  while (!(await collectWindow())) {
    await page.keyboard.press('PageDown')
    await page.waitForTimeout(20)
  }
  await page.getByText('The graph of the first 200 exchanges; 340 more.').waitFor()
  await page.getByRole('button', { name: 'Add the next 200' }).click()
  await page.getByText('The graph of the first 400 exchanges; 140 more.').waitFor()
  const { exchanges } = await client.sessions.get(session)
  assert.deepEqual(
    [...seen].sort(),
    exchanges.map(({ exchange }, index) => `${index + 1} /exchanges/${exchange}`).sort(),
  )
  await page.context().close()
})

test('two people who edit one policy see each other', async () => {
  const { page, base } = await openConsole(browser, stack)
  const document = (text: string) =>
    `name: two-editors\ndescription: ${text}\nmode: observe\ndirection: request\ndetectors:\n  - { detector: pii }\naction: redact\n`
  await client.policies.apply(document('first'))
  await page.goto(`${base}/policies/two-editors`)
  await page.locator('.cm-content').waitFor()
  await client.policies.apply(document('of a colleague'))
  await page.locator('.cm-content').fill(document('mine'))
  await page.getByRole('button', { name: 'Observe policy' }).click()
  await page.getByText(/has applied version 2 since you began/).waitFor()
  await page.getByRole('button', { name: 'Apply my draft over it' }).click()
  await page.getByText('1 ingress decides by it').waitFor()
  await page.goto(`${base}/draft`)
  await page.locator('.cm-content').fill(document('of somebody who knows of none'))
  await page.getByRole('button', { name: 'Observe policy' }).click()
  await page.getByText('A policy of this name is there already: version 3').waitFor({ timeout: 20_000 })
  assert.match((await client.policies.get('two-editors')).document!, /mine/)
  await page.getByRole('button', { name: 'Apply my draft over it' }).click()
  await page.waitForURL(/\/policies\/two-editors/)
  await page.getByText('1 ingress decides by it').waitFor()
  await page.context().close()
})

test('the range stays, whatever link or key leads to the next page', async () => {
  const { page, base } = await openConsole(browser, stack)
  const ranged = (path: RegExp) =>
    page.waitForURL((url) => path.test(url.pathname) && url.searchParams.get('range') === '7d', {
      timeout: 10_000,
    })
  await page.goto(`${base}/policies?range=7d`)
  await page.getByRole('link', { name: 'Draft a policy' }).click()
  await ranged(/^\/draft$/)
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await ranged(/^\/sessions$/)
  await page.getByRole('region', { name: 'Sessions' }).getByRole('link').first().click()
  await ranged(/^\/sessions\/./)
  await page.getByRole('link', { name: 'Show in traffic' }).click()
  await ranged(/^\/traffic$/)
  await page.getByRole('link', { name: 'Keys' }).click()
  await ranged(/^\/keys$/)
  await page.getByRole('region', { name: 'Client keys' }).getByRole('link').first().click()
  await ranged(/^\/traffic$/)
  await page.getByLabel('Time range').selectOption('1h')
  await page.waitForURL(/range=1h/)
  await page.context().close()
})

test('an export of everything needs no time, and the command for it runs as it stands', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/exports`)
  const form = page.getByRole('form', { name: 'Request an export' })
  const command = form.locator('pre')
  await form.getByLabel('From').fill('2026-11-01 10:00')
  assert.match(await command.innerText(), / --from '2026-11-01 10:00' /)
  await form.getByLabel('From').fill('')
  assert.equal(await command.innerText(), 'npx airs export events --format jsonl --output events.jsonl')
  await form.getByRole('button', { name: 'Request export' }).click()
  await page.getByText('the beginning to now').first().waitFor()
  await page.context().close()
})

test('a key is not made with a limit that cannot be read', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/keys`)
  await page.getByRole('button', { name: 'Create key' }).click()
  const form = page.getByRole('form', { name: 'Create key' })
  const create = form.getByRole('button', { name: 'Create key' })
  const budget = form.getByLabel('Budget in USD')
  const rate = form.getByLabel('Requests per minute')
  await form.getByLabel('Name').fill('with-limits')
  const made = async () => (await client.keys.list()).filter(({ name }) => name === 'with-limits')
  for (const unclear of ['1,000', '50 USD', '-5', '1e3']) {
    await budget.fill(unclear)
    await create.click()
    await form.locator('input:invalid').and(budget).waitFor()
  }
  await budget.fill('0')
  await create.click()
  await form
    .getByRole('alert')
    .getByText(/budgetUsdMicros/)
    .waitFor()
  await budget.fill('12.50')
  await rate.fill('1 000')
  await create.click()
  await form.locator('input:invalid').and(rate).waitFor()
  assert.deepEqual(await made(), [])
  await rate.fill('1000')
  await create.click()
  await page.getByText('This key is shown once').waitFor()
  const [key] = await made()
  assert.equal(key!.budget?.usdMicros, 12_500_000)
  assert.equal(key!.limits.requestsPerMinute, 1_000)
  // The second click of a double click neither rotates again nor confirms.
  const row = page.getByRole('region', { name: 'Client keys' }).getByRole('row', { name: /with-limits/ })
  let rotations = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/rotate')) rotations++
  })
  await row.getByRole('button', { name: 'Rotate' }).dblclick()
  await page.getByText('The key before it ends').waitFor()
  await row.getByRole('button', { name: 'Revoke' }).dblclick()
  await row.getByRole('button', { name: 'Yes, revoke it' }).waitFor()
  assert.equal((await made())[0]!.revokedAt, null)
  assert.equal(rotations, 1)
  await client.keys.revoke(key!.keyId)
  await page.context().close()
})

test('what was written in a draft is there after a look at an exchange and after a login, for nobody else', async () => {
  const { page, base } = await openConsole(browser, stack)
  const document = (action: string) =>
    `name: long-thought\nmode: observe\ndirection: request\ndetectors:\n  - { detector: pattern, name: OSPREY, pattern: 'Project Osprey' }\naction: ${action}\n`
  await client.policies.apply(document('redact'))
  const { exchange } = await say('When does Project Osprey start?')
  await isStored(exchange)
  const editor = page.locator('.cm-content')
  const isThere = (action: string) => editor.getByText(`action: ${action}`).waitFor()
  await page.goto(`${base}/policies/long-thought`)
  await isThere('redact')
  await editor.fill(document('block'))
  await page.getByLabel('Reason, for the record').fill('It took an hour')
  await page.getByRole('button', { name: 'Run backtest' }).click()
  const changes = page.getByRole('region', { name: 'Exchanges that would have ended differently' })
  await changes.getByRole('link').first().click({ timeout: 120_000 })
  await page.waitForURL(/\/exchanges\//)
  await page.goBack()
  await isThere('block')
  await changes.getByRole('link').first().waitFor()
  assert.equal(await page.getByLabel('Reason, for the record').inputValue(), 'It took an hour')
  await page.context().clearCookies()
  // The next request says so, of whoever is quicker: this click, or the page that follows what is new.
  await page
    .getByRole('link', { name: 'Keys' })
    .click({ timeout: 5_000 })
    .catch(() => {})
  await page.getByText('Your session has ended').waitFor()
  const logInWith = async (token: string) => {
    await page.getByLabel('Token of the control APIs').fill(token)
    await page.getByRole('button', { name: 'Log in' }).click()
  }
  await logInWith(stack.token)
  await page.getByRole('link', { name: 'Policies', exact: true }).click()
  await page.getByRole('link', { name: 'long-thought' }).first().click()
  await isThere('block')
  await page.getByRole('button', { name: 'Discard draft' }).click()
  await isThere('redact')
  await editor.fill(document('quarantine'))
  await page.getByRole('button', { name: 'Log out' }).click()
  await logInWith(viewerToken)
  await isThere('redact')
  await client.policies.remove('long-thought')
  await page.context().close()
})

test('a policy that is not in force says so, and what to do', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/policies/does-not-exist`)
  await page.getByRole('heading', { name: 'There is no policy does-not-exist' }).waitFor()
  assert.equal(await page.getByRole('table').count(), 0)
  await client.policies.apply(
    'name: soon-removed\nmode: observe\ndetectors:\n  - { detector: pii }\naction: redact\n',
  )
  await client.policies.remove('soon-removed')
  await page.goto(`${base}/policies/soon-removed`)
  await page.getByRole('heading', { name: 'soon-removed is not in force' }).waitFor()
  await page.getByRole('button', { name: 'Roll back to this' }).click()
  await page
    .getByText(/^version 3/)
    .first()
    .waitFor()
  await client.policies.remove('soon-removed')
  await page.context().close()
})

test('policies in mode enforce that only observe, as the whole installation does, are said to', async () => {
  const { page, base } = await openConsole(browser, stack)
  await client.mode.set('observe', 'to look first', undefined)
  await client.policies.apply(
    'name: enforcing\nmode: enforce\ndetectors:\n  - { detector: pattern, name: NEVER, pattern: never-said }\naction: block\n',
  )
  const note = page.getByRole('note').filter({ hasText: 'The mode of the whole installation is observe' })
  for (const path of ['/policies', '/policies/enforcing']) {
    await page.goto(`${base}${path}`)
    await note.waitFor()
  }
  await client.mode.set('enforce', 'looked', undefined)
  await page.reload()
  await page.getByRole('heading', { name: 'enforcing' }).waitFor()
  await page
    .getByRole('link', { name: 'Mode: Enforce' })
    .or(page.getByText('Enforce', { exact: true }))
    .first()
    .waitFor()
  assert.equal(await note.count(), 0)
  await client.policies.remove('enforcing')
  await client.mode.set('observe', 'as it was', undefined)
  await page.context().close()
})

test('what is cut off in a table is said whole by its title', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.setViewportSize({ width: 1280, height: 900 })
  for (const path of ['/agents', '/policies', '/health?part=changes']) {
    await page.goto(`${base}${path}`)
    await page.getByRole('table').first().getByRole('row').nth(1).waitFor()
    const untitled = await page.locator('td.truncate').evaluateAll((cells) =>
      cells
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .filter((cell) => !cell.hasAttribute('title') && !cell.querySelector('[title]'))
        .map(({ textContent }) => textContent),
    )
    assert.deepEqual(untitled, [], path)
  }
  await page.context().close()
})

test('what does not exist says so once, and a refusal is not asked for again', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/sessions/no-such-session`)
  await page.getByRole('alert').filter({ hasText: 'Session no-such-session does not exist' }).waitFor()
  await page.goto(`${base}/exchanges/nowhere`)
  await page.getByRole('alert').filter({ hasText: 'is not the id of an exchange' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0)
  await page.context().close()
})

test('live traffic appears by itself', async () => {
  const { page, base } = await openConsole(browser, stack)
  await page.goto(`${base}/traffic?agent=tail-watcher`)
  await page.getByText('Following', { exact: true }).waitFor()
  const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-airs-agent': 'tail-watcher' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.arrayBuffer()
  await page.getByRole('table', { name: 'Exchanges' }).getByText('tail-watcher').first().waitFor()
  await page.context().close()
})

test('whoever comes back to the traffic misses nothing of the meantime', async () => {
  const { page } = await openConsole(browser, stack)
  const go = (name: string) => page.getByRole('link', { name }).click()
  const seen = (agent: string) => page.getByRole('table', { name: 'Exchanges' }).getByText(agent).waitFor()
  await go('Traffic')
  await page.getByText('Following', { exact: true }).waitFor()
  await say('Hello', 'while-there')
  await seen('while-there')
  await go('Keys')
  await page.getByRole('region', { name: 'Client keys' }).waitFor()
  await say('Hello', 'while-away')
  await stack.settled()
  await go('Traffic')
  for (const agent of ['while-there', 'while-away']) await seen(agent)
  await page.context().close()
})

test('the mode off is shown on every page', async () => {
  await client.mode.set('off', 'a fire drill', undefined)
  const { page, base } = await openConsole(browser, stack)
  for (const path of ['/', '/traffic', '/keys']) {
    await page.goto(`${base}${path}`)
    await page.getByRole('alert').filter({ hasText: 'All policies are bypassed' }).waitFor()
  }
  await client.mode.set('observe', 'the drill is over', undefined)
  await page.context().close()
})

test('the first load is at most 150 KiB', async () => {
  const { page, base } = await openConsole(browser, stack)
  const entry = readFileSync(join(built, 'index.html'), 'utf8')
  const initial = [...entry.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!)
  const size = (paths: Iterable<string>) =>
    [...paths].reduce((sum, path) => sum + gzipSync(readFileSync(join(built, path))).length, 0)
  assert.ok(size(initial) <= firstLoadBytes, `${size(initial)} bytes`)
  assert.ok(
    readdirSync(join(built, 'assets')).every((name) => /-[\w-]{8}\.\w+$/.test(name)),
    'names change with content',
  )
  const response = await fetch(`${base}${initial[0]}`)
  assert.match(response.headers.get('cache-control') ?? '', /immutable/)
  await page.context().close()
})
