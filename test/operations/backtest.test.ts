import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BacktestReport } from '@airs-cp/client'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const noCards = `name: no-cards
mode: enforce
detectors: [{ detector: pii, types: [CREDIT_CARD] }]
action: block
`
const hideEmails = `name: hide-emails
mode: enforce
detectors: [{ detector: pii, types: [EMAIL] }]
action: redact
`
const card = 'my card is 4111 1111 1111 1111'
/** A card number in the response, and not in the request: escaped twice, and one level of escapes is read. */
const cardToBe = '4\\u005cu00311\\u005cu0031 1111 1111 1111'
const email = 'write to ann@example.com'

type Report = BacktestReport & { id: string }

describe('a backtest', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  /** Ids of exchanges, by what they are. */
  const made: Record<string, string> = {}
  let range: string[]

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: directory.path,
      env: { AIRS_MODE: 'enforce', AIRS_REQUIRE_BACKTEST: 'true' },
    })
    control = controlOf(stack)
    await applyTested(noCards)
    await control.inForce()
    made.plain = await ask('hello')
    made.email = await ask(email)
    made.card = await ask(card)
    made.stream = await ask(`mock:chunks=9 text="${email} soon"`, { stream: true })
    made.cardResponse = await ask(`mock:text="${cardToBe}"`)
    made.large = await ask(`${'lorem ipsum '.repeat(8_000)}${email}`)
    made.anthropic = await ask(email, { path: '/v1/messages', max_tokens: 99 })
    made.nonsense = await ask('hello', { model: undefined })
    const refused = [made.card, made.nonsense]
    for (const exchange of Object.values(made))
      await control.events(exchange, refused.includes(exchange) ? 1 : 2)
    range = ['--to', new Date(Date.now() + 1).toISOString()]
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  async function ask(
    text: string,
    {
      path = '/v1/chat/completions',
      ...options
    }: { path?: string; stream?: boolean; max_tokens?: number; model?: undefined } = {},
  ): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'session-backtest' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }], ...options }),
    })
    await response.arrayBuffer()
    return response.headers.get('x-airs-exchange-id')!
  }

  async function run(yaml: string, ...args: string[]): Promise<Report> {
    const { code, out, err } = await airs(stack, ['policy', 'backtest', '-', '--json', ...args], yaml)
    assert.equal(code, 0, err)
    return JSON.parse(out) as Report
  }

  async function applyTested(yaml: string): Promise<void> {
    const { digest } = await run(yaml)
    const { code, err } = await airs(stack, ['policy', 'apply', '-', '--backtest', digest], yaml)
    assert.equal(code, 0, err)
  }

  const changed = ({ changes }: Report) =>
    Object.fromEntries(changes.map(({ exchange, before, after }) => [exchange, `${before} → ${after}`]))

  test('reports which exchanges a new policy would have changed: requests, streams, large bodies, every format', async () => {
    const report = await run(hideEmails, ...range)
    assert.deepEqual(
      changed(report),
      Object.fromEntries(
        [made.email, made.stream, made.large, made.anthropic].map((id) => [id, 'allow → redact']),
      ),
    )
    assert.equal(report.counts.newlyRedacted, 4)
    assert.deepEqual([report.exchanges, report.judged, report.rejected], [8, 7, 1])
    assert.deepEqual(report.unread, [])
    const { matched, enforced, newlyRedacted } = report.byPolicy.find((one) => one.policy === 'hide-emails')!
    assert.deepEqual([matched, enforced, newlyRedacted], [4, 4, 4])
    assert.deepEqual(
      report.bySession.map((one) => [one.session, one.newlyRedacted]),
      [['session-backtest', 4]],
    )
    assert.deepEqual(
      report.byModel.map((one) => [one.model, one.exchanges]),
      [['m', 7]],
    )
  })

  test('judges one exchange alone, and says when there is none', async () => {
    const report = await run(hideEmails, '--exchange', made.email!)
    assert.deepEqual(changed(report), { [made.email!]: 'allow → redact' })
    assert.deepEqual([report.exchange, report.exchanges, report.judged], [made.email, 1, 1])
    assert.deepEqual(changed(await run(hideEmails, '--exchange', made.card!)), {})
    const unknown = '01890000-0000-7000-8000-000000000000'
    const { code, err } = await airs(stack, ['policy', 'backtest', '-', '--exchange', unknown], hideEmails)
    assert.equal(code, 1)
    assert.match(err, new RegExp(`Exchange ${unknown} does not exist`))
  })

  test('reports what a weaker policy would no longer have blocked', async () => {
    const report = await run(noCards.replace('enforce', 'observe'), ...range)
    assert.deepEqual(changed(report), {
      [made.card!]: 'block → allow',
      [made.cardResponse!]: 'block → allow',
    })
    assert.equal(report.unanswered, 1)
    assert.deepEqual(report.changes[0]!.policies, ['no-cards'])
    const asIf = await run(noCards.replace('enforce', 'observe'), '--enforce', ...range)
    assert.deepEqual(changed(asIf), {})
    const alone = await run(hideEmails, '--alone', ...range)
    assert.equal(alone.counts.noLongerBlocked, 2)
  })

  test('comes to the same every time, digest included', async () => {
    const [one, another] = [await run(hideEmails, ...range), await run(hideEmails, ...range)]
    assert.notEqual(one.id, another.id)
    assert.deepEqual({ ...one, id: '' }, { ...another, id: '' })
    assert.notEqual(one.digest, (await run(hideEmails, '--from', '2020-01-01', ...range)).digest)
  })

  test('shows a person what changed', async () => {
    const { out } = await airs(stack, ['policy', 'backtest', '-', ...range], hideEmails)
    assert.match(
      out,
      /^The file changes, compared with what is in force: 4 newly redacted\.\n\nhide-emails on 8 exchanges until /,
    )
    assert.match(out, /^ {2}newly redacted +4$/m)
    assert.match(out, new RegExp(`^${made.large} .* allow +redact +hide-emails$`, 'm'))
    assert.match(out, /^Digest [0-9a-f]{64}$/m)
    const none = await airs(
      stack,
      ['policy', 'backtest', '-', '--from', '2020-01-01', '--to', '2020-01-02'],
      hideEmails,
    )
    assert.match(none.out, /on 0 exchanges/)
  })

  test('is needed where it is required, and of exactly that document', async () => {
    const without = await airs(stack, ['policy', 'apply', '-'], hideEmails)
    assert.match(without.err, /need a backtest here .* It is about: hide-emails/)
    const { digest } = await run(hideEmails, ...range)
    const other = await airs(
      stack,
      ['policy', 'apply', '-', '--backtest', digest],
      hideEmails.replace('EMAIL', 'IBAN'),
    )
    assert.match(other.err, /made of other documents than these of hide-emails/)
    const unknown = await airs(stack, ['policy', 'apply', '-', '--backtest', '0'.repeat(64)], hideEmails)
    assert.match(unknown.err, /No completed backtest has a report with digest 0000/)
    const observing = await airs(stack, ['policy', 'apply', '-'], hideEmails.replace('enforce', 'observe'))
    assert.equal(observing.code, 0)
    const { code, err } = await airs(stack, ['policy', 'apply', '-', '--backtest', digest], hideEmails)
    assert.equal(code, 0, err)
    const { out } = await airs(stack, ['policy', 'history', 'hide-emails'])
    assert.match(out, new RegExp(`^2 .* backtest ${digest.slice(0, 12)}$`, 'm'))
  })

  test('predicts what the ingress then does', async () => {
    await control.inForce()
    for (const text of [email, card, `mock:text="${email}"`, 'hello']) await ask(text)
    const exchange = await ask(`mock:chunks=5 text="${email}" `, { stream: true })
    await control.events(exchange, 2)
    const report = await run(hideEmails, '--from', range[1]!)
    assert.equal(report.exchanges, 5)
    assert.deepEqual(report.before, { allow: 1, redact: 3, block: 1 })
    assert.deepEqual(report.after, report.before)
    assert.deepEqual(report.changes, [])
  })

  test('can be cancelled, and refuses what cannot be tested', async () => {
    const { id } = await control.json<{ id: string }>('POST', '/v1/backtests', { policies: noCards })
    const cancelled = await control.json<{ state: string }>('DELETE', `/v1/backtests/${id}`).catch(String)
    if (typeof cancelled === 'string') assert.match(cancelled, /is completed already/)
    else assert.equal(cancelled.state, 'cancelled')
    await until('the backtest to be at rest', async () => {
      const { state } = await control.json<{ state: string }>('GET', `/v1/backtests/${id}`)
      return ['cancelled', 'completed'].includes(state) || undefined
    })
    const invalid = await airs(stack, ['policy', 'backtest', '-'], 'name: x\naction: explode\n')
    assert.equal(invalid.code, 2)
    assert.match(invalid.err, /:2:\d+/)
  })

  test('shows first what the file changes in what is in force, whatever was recorded before', async () => {
    const same = await airs(stack, ['policy', 'backtest', '-', ...range], noCards)
    assert.match(same.out, /^The file changes nothing: /)
    const strict = noCards.replace('name: no-cards', 'name: no-cards-again')
    const again = await run(strict, ...range)
    assert.deepEqual(again.fileCounts, {
      newlyBlocked: 0,
      noLongerBlocked: 0,
      newlyRedacted: 0,
      noLongerRedacted: 0,
      otherwiseRefused: 0,
    })
    const weaker = await run(noCards.replace('enforce', 'observe'), ...range)
    assert.equal(weaker.fileCounts?.noLongerBlocked, 2)
    const alone = await airs(
      stack,
      ['policy', 'backtest', '-', '--alone', ...range],
      hideEmails.replace('name: hide-emails', 'name: hide-emails-too'),
    )
    assert.match(alone.out, /^The file changes, compared with what is in force: 4 newly redacted\./)
    assert.match(alone.out, /^no-cards \(in force\)/m)
    assert.doesNotMatch(alone.out, /no longer in force/)
  })

  test('does not call a policy in force that was removed', async () => {
    const gone =
      'name: gone\nmode: enforce\ndetectors: [{ detector: pattern, name: WORD, pattern: vanish }]\naction: block\n'
    await applyTested(gone)
    await control.inForce()
    const exchange = await ask('vanish')
    await control.events(exchange, 1)
    assert.equal((await airs(stack, ['policy', 'remove', 'gone'])).code, 0)
    const { out } = await airs(stack, ['policy', 'backtest', '-', '--from', range[1]!], hideEmails)
    assert.match(out, /^gone \(no longer in force\) /m)
  })
})
