import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { airs } from '../support/airs.ts'
import { controlOf } from '../support/control.ts'
import { filesWith } from '../support/files-with.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { verifyWithBoth } from './both-verifiers.ts'

const policies = `
name: no-keys
mode: enforce
detectors: [{ detector: secrets }]
action: block
---
name: no-cards
mode: enforce
detectors: [{ detector: pii, types: [CREDIT_CARD] }]
action: redact
---
name: mails-come-back
mode: enforce
direction: request
detectors: [{ detector: pii, types: [EMAIL] }]
reversible: true
action: redact
---
name: ibans-are-watched
mode: observe
detectors: [{ detector: pii, types: [IBAN] }]
record: redacted
action: block
---
name: nothing-of-hr
mode: enforce
scope: { tags: [hr] }
record: digests
action: allow
---
name: forms
mode: enforce
scope: { tags: [forms] }
detectors: [{ detector: pattern, name: FORM, pattern: 'FORM-[0-9]{6}' }]
record: full
action: allow
`
// Built from parts, so that no scanner of this repository takes them for real.
const key = (tail: string) => ['ghp', `016C7bXqLm4TzR9wYvK3sNd8eHfJ2pA5${tail}`].join('_')
const asked = key('Uu1Q')
/** Values that only the response says: one level of escapes is read in a request. */
const responded = key('Xx2W')
const hiddenKey = responded.replace('_', '\\u005cu005f')
const respondedCard = '4556 7375 8689 9855'
const hiddenCard = respondedCard.replace('4556', '4556\\u005cu0020').replace('\\u005cu0020 ', '\\u005cu0020')
const card = '4929 7226 5379 7141'
/** The name of a member. */
const namedCard = '5425 2334 3010 9903'
const namedKey = key('Nn5T')
const mail = 'hidden.person@example-mail.com'
const iban = 'DE89 3704 0044 0532 0130 00'
const secret = 'wages of Mr Quibbleton are 91234'

describe('recording of content where values are masked', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({ dataDir: join(directory.path, 'data') })
    control = controlOf(stack)
    await control.applyPolicy(policies)
    await control.setMode('enforce')
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  async function send(
    content: string,
    { stream = false, tags = '', path = '/v1/chat/completions', more = {} } = {},
  ) {
    const response = await fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(tags && { 'x-airs-tags': tags }) },
      body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }], ...more }),
    })
    const text = await response.text()
    return { status: response.status, text, exchange: response.headers.get('x-airs-exchange-id')! }
  }
  const show = (exchange: string) => run('exchanges', 'show', exchange)

  test('a blocked secret is masked, whichever way it was written', async () => {
    const { status, exchange } = await send(`my key is ${asked}`)
    assert.equal(status, 403)
    const [event] = await control.events(exchange, 1)
    const { body } = event!.data.request
    assert.match(JSON.parse(body.text).messages[0].content, /^my key is \[github-pat#[0-9a-f]{8}\]$/)
    assert.equal(body.original.recorded, 'masked')
    assert.equal(body.bytes, Buffer.byteLength(body.text))
    assert.match(
      await show(exchange),
      /values that policies found are masked[\s\S]*⟦\[github-pat#[0-9a-f]{8}\]⟧/,
    )
    await send(`my key is ${asked}`.replace('_', '\\u005f'))
    await send(JSON.stringify({ note: `"${asked}"` }))
    await send(`a query`, { path: `/v1/chat/completions?note=${asked}` })
  })

  for (const stream of [false, true])
    for (const [what, value, type] of [
      ['blocked', hiddenKey, 'github-pat'],
      ['redacted', hiddenCard, 'CREDIT_CARD'],
    ])
      test(`a ${stream ? 'stream' : 'response'} that is ${what} is masked as the provider sent it`, async () => {
        const { exchange } = await send(`mock:chunks=9 text="so it is ${value} indeed"`, { stream })
        const events = await control.events(exchange, 2)
        const { body, decision } = events.at(-1)!.data
        assert.equal(decision.action, what === 'blocked' ? 'block' : 'redact')
        assert.equal(body.original.recorded, 'masked')
        const shown = await show(exchange)
        assert.match(shown, new RegExp(`so it is ⟦\\[${type}#[0-9a-f]{8}\\]⟧`))
      })

  test('a card is masked in the request, and what the provider got has its placeholder', async () => {
    for (const stream of [false, true]) {
      const { exchange, text } = await send(`pay with ${card} please`, { stream })
      assert.ok(!text.includes(card))
      const [opening] = await control.events(exchange, 2)
      assert.match(opening!.data.request.body.text, /\[CREDIT_CARD#[0-9a-f]{8}\]/)
      assert.match(opening!.data.forwarded.body.text, /\[CREDIT_CARD_1\]/)
      assert.equal(opening!.data.forwarded.body.original, undefined)
    }
  })

  test('a name is masked in the places of other findings as it is in the body', async () => {
    const { exchange } = await send('hello', { more: { metadata: { [namedCard]: { note: respondedCard } } } })
    const [opening] = await control.events(exchange, 2)
    const { body } = opening!.data.request
    const paths = opening!.data.decision.findings.map(({ path }: { path: string }) => path)
    const [name] = Object.keys(JSON.parse(body.text).metadata)
    assert.match(name!, /^\[CREDIT_CARD#[0-9a-f]{8}\]$/)
    assert.deepEqual(paths.toSorted(), ['/metadata#0', `/metadata/${name!.replace('#', '~2')}/note`])
  })

  test('what stands in the place of a model is masked wherever the model is named', async () => {
    const { exchange } = await send('hello', { more: { model: namedKey } })
    const events = await control.events(exchange, 1)
    assert.match(events[0]!.data.request.model, /#[0-9a-f]{8}\]$/)
  })

  test('an error that quotes a request which was not judged is recorded without the quotation', async () => {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"model":"m","messages":[],"${namedKey}":1,"${namedKey}":2}`,
    })
    assert.match(await response.text(), new RegExp(namedKey))
    const [event] = await control.events(response.headers.get('x-airs-exchange-id')!, 1)
    assert.match(
      event!.data.error.message,
      /^The member \[not recorded\] occurs twice .*\(at \[not recorded\]\)$/,
    )
  })

  test('a name that a client made up is not recorded where no content is', async () => {
    const { exchange } = await send('hello', { tags: 'hr', more: { Quibbleton: { wages: card } } })
    const [opening] = await control.events(exchange, 2)
    const hidden = '[not recorded]'
    assert.deepEqual(
      opening!.data.decision.findings.map(({ path }: { path: string }) => path),
      [`/${hidden}/${hidden}`],
    )
  })

  test('what is put back into a response reaches the client, and its mask the record', async () => {
    for (const stream of [false, true]) {
      const { exchange, text } = await send(`mail ${mail} now`, { stream })
      assert.ok(text.replace(/"}}\]}\n+data:.*?"content":"|\s/g, '').includes('hidden.person'), text)
      const events = await control.events(exchange, 2)
      const { delivered } = events.at(-1)!.data
      assert.deepEqual(delivered.changes, ['restored'])
      assert.equal(delivered.body.original.recorded, 'masked')
      assert.match(events[0]!.data.request.body.text, /\[EMAIL#[0-9a-f]{8}\]/)
    }
  })

  test('a policy that only observes may have its finds masked, in the response too', async () => {
    for (const stream of [false, true]) {
      const { exchange, status, text } = await send(`account ${iban} it is`, { stream })
      assert.equal(status, 200)
      assert.ok(text.includes('DE89'))
      const [opening, outcome] = await control.events(exchange, 2)
      assert.equal(opening!.data.decision.action, 'allow')
      assert.match(opening!.data.request.body.text, /account \[IBAN#[0-9a-f]{8}\] it is/)
      assert.match(outcome!.data.body.text, /\[IBAN#[0-9a-f]{8}\]/)
      assert.equal(outcome!.data.body.original.recorded, 'masked')
    }
  })

  test('where no content is recorded, lengths and digests are', async () => {
    const { exchange, text } = await send(secret, { tags: 'hr' })
    assert.ok(text.includes('Quibbleton'))
    const [opening, outcome] = await control.events(exchange, 2)
    const body = opening!.data.request.body
    assert.equal(body.original.recorded, 'nothing')
    assert.equal(body.text, '')
    assert.ok(body.original.bytes > secret.length)
    assert.equal(outcome!.data.body.original.recorded, 'nothing')
    assert.match(await show(exchange), /bytes; content is not recorded/)
  })

  test('a policy may keep what it found', async () => {
    const { exchange } = await send('see FORM-123456', { tags: 'forms' })
    const [opening] = await control.events(exchange, 2)
    assert.match(opening!.data.request.body.text, /FORM-123456/)
  })

  test('a request that was refused before it was judged keeps no content', async () => {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `"${asked}" and more`,
    })
    assert.equal(response.status, 400)
    const [event] = await control.events(response.headers.get('x-airs-exchange-id')!, 1)
    assert.equal(event!.data.request.body.original.recorded, 'nothing')
  })

  test('lineage recognizes text that quotes what was masked', async () => {
    const session = 'masked-lineage'
    const messages = [
      { role: 'user', content: `please remember the address ${mail} for the next message of ours` },
    ]
    const ask = async () => {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-session-id': session },
        body: JSON.stringify({ model: 'm', messages }),
      })
      return { text: await response.text(), exchange: response.headers.get('x-airs-exchange-id')! }
    }
    const first = await ask()
    messages.push({ role: 'assistant', content: JSON.parse(first.text).choices[0].message.content })
    messages.push({ role: 'user', content: 'and now?' })
    const second = await ask()
    await stack.settled()
    const { lineage } = await control.json<{
      lineage: { nodes: unknown[]; edges: { exchange: string; derivedFrom: string[] }[] }
    }>('GET', `/v1/sessions/${session}?include=lineage`)
    assert.equal(lineage.nodes.length, 4)
    const [flow] = lineage.edges.filter(({ exchange }) => exchange === second.exchange)
    assert.equal(flow!.derivedFrom.length, 3)
  })

  test('nothing that was masked is found anywhere: in no file, table, stream or export', async () => {
    await stack.settled()
    const file = join(directory.path, 'all.jsonl')
    await run('export', '--output', file)
    const logKey = (await run('log', 'key')).split('\n')[0]!
    assert.deepEqual((await verifyWithBoth(file, [logKey], directory.path)).problems, [])
    const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    const { rows } = await sql<{ name: string }>`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`.execute(
      database,
    )
    for (const { name } of rows) {
      const dump = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(database)
      writeFileSync(join(directory.path, `${name}.dump`), dump.rows.map(({ row }) => row).join('\n'))
    }
    await database.destroy()
    for (const text of [
      asked,
      responded,
      respondedCard,
      card,
      namedCard,
      namedKey,
      mail,
      iban,
      'Quibbleton',
      asked.slice(4),
    ])
      assert.deepEqual(filesWith(directory.path, text), [], text)
  })

  test('a backtest judges what was masked by what the record says was found', async () => {
    const document = (type: string) =>
      `name: new-rule\nmode: enforce\ndetectors: [{ detector: pii, types: [${type}] }]\naction: block\n`
    for (const [type, blocked] of [
      ['EMAIL', 4],
      ['CREDIT_CARD', 5],
      ['PHONE', 0],
    ] as const) {
      const file = join(directory.path, 'new-rule.yaml')
      writeFileSync(file, document(type))
      const { code, out } = await airs(stack, ['policy', 'backtest', file, '--json'])
      assert.ok(code === 0 || code === 1, out)
      const { byPolicy } = JSON.parse(out)
      assert.equal(
        byPolicy.find(({ policy }: { policy: string }) => policy === 'new-rule')?.matched ?? 0,
        blocked,
        out,
      )
    }
  })
})
