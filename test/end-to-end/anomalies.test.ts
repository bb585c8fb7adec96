import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const run = promisify(execFile)

type Anomaly = Record<'agent' | 'kind' | 'tool' | 'session' | 'exchange' | 'explanation', string>

describe('anomalies of agents', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: directory.path,
    })
    control = controlOf(stack)
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  /** Has the model call tools, in the name of an agent. */
  async function call(agent: string, session: string, tools: string[], options = {}): Promise<string> {
    const content = `mock:${tools.map((tool) => `tool=${tool} args={"q":"tea"}`).join(' ')}`
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session, 'x-airs-agent': agent },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }], ...options }),
    })
    await response.arrayBuffer()
    assert.equal(response.status, 200)
    return response.headers.get('x-airs-exchange-id')!
  }
  const anomalies = async (agent: string) =>
    (await control.json<{ anomalies: Anomaly[] }>('GET', `/v1/anomalies?agent=${agent}`)).anomalies
  const found = (agent: string, count: number) =>
    until(`${count} anomalies of ${agent}`, async () => {
      const list = await anomalies(agent)
      return list.length >= count ? list : undefined
    })

  test('are found against what was seen of the agent before, streams included, and explained', async () => {
    for (let index = 0; index < 6; index++)
      for (let turn = 0; turn < 2; turn++)
        await call('clerk', `clerk-${index}`, ['search', 'read'], { stream: index % 2 === 0 })
    // What is delivered again comes after later events.
    await stack.settled()
    const surprise = await call('clerk', 'clerk-new', ['search', 'delete_all'], { stream: true })
    const [unexpected] = await found('clerk', 1)
    assert.deepEqual(
      [unexpected!.kind, unexpected!.tool, unexpected!.session, unexpected!.exchange],
      ['unexpected-tool', 'delete_all', 'clerk-new', surprise],
    )
    assert.equal(unexpected!.explanation, 'delete_all was not among the 2 tools of 24 calls before')

    for (let turn = 0; turn < 4; turn++) await call('clerk', 'clerk-x', ['search', 'read'])
    for (let turn = 0; turn < 5; turn++)
      await call('clerk', 'clerk-busy', ['search', 'read', 'search', 'read', 'search', 'read'])
    await call('clerk', 'clerk-odd', ['search', 'search'])
    const kinds = (await found('clerk', 3)).map(({ kind, session }) => `${kind} ${session}`)
    assert.deepEqual(kinds.sort(), [
      'excessive-calls clerk-busy',
      'unexpected-tool clerk-new',
      'unusual-sequence clerk-odd',
    ])
    assert.deepEqual(await anomalies('nobody'), [])
    const { out } = await airs(stack, ['anomalies', '--agent', 'clerk'])
    assert.match(
      out,
      /^clerk +unusual-sequence +search never came after search, which was called \d+ times before/m,
    )
    assert.match(
      (await airs(stack, ['anomalies', 'agents'])).out,
      /^clerk +10 .* search \d+, read \d+, delete_all 1$/m,
    )
  })

  test('are events, and reported once', async () => {
    await call('clerk', 'clerk-again', ['search', 'delete_all'])
    const marker = await call('clerk', 'clerk-last', ['search', 'print'])
    await until('the marker', async () =>
      (await anomalies('clerk')).find(({ exchange }) => exchange === marker),
    )
    assert.equal((await anomalies('clerk')).filter(({ tool }) => tool === 'delete_all').length, 1)
    // The event store has them by a projection of its own.
    await stack.settled()
    const { events } = await control.json<{ events: { id: string; data: Anomaly }[] }>(
      'GET',
      '/v1/events?type=airs.anomaly-found.v1',
    )
    assert.equal(events.length, (await anomalies('clerk')).length)
  })

  test('and the demo sends a company with agents, a history, blocks and a quarantine, and takes its settings away again', async () => {
    const demo = async (...args: string[]) => {
      const script = join(repositoryRoot, 'infra', 'demo', 'main.ts')
      return (await run(process.execPath, [script, ...args], { env: { ...process.env, ...stack.clientEnv } }))
        .stdout
    }
    const said = await demo('--exchanges', '20', '--at-once', '16', '--past', '3d', '--history', '40')
    assert.match(said, /^Sent \d+ exchanges/m)
    const [, imported] = said.match(/^Imported [\d,]+ events of (\d+) exchanges/m)!
    const [, longest] = said.match(/^Sent (\d+) exchanges/m)!
    assert.ok(Number(imported) >= 40 && Number(imported) < 40 + Number(longest), said)
    await stack.settled()
    const overview = await control.json<{
      totals: { decisions: Record<string, number>; exchanges: number }
      policies: { policy: string }[]
      keys: { name: string }[]
    }>('GET', '/v1/overview?from=4d')
    const { decisions, exchanges } = overview.totals
    assert.ok(exchanges > 60 && decisions.quarantine! > 0, JSON.stringify(decisions))
    assert.ok(overview.policies.some(({ policy }) => policy === 'demo-injection'))
    assert.ok(overview.keys.some(({ name }) => name === 'Demo: Marketing'))
    const { sessions } = await control.json<{ sessions: { session: string }[] }>('GET', '/v1/quarantine')
    assert.ok(sessions.some(({ session }) => session.startsWith('demo-market-research-')))
    const status = await airs(stack, ['status'])
    assert.match(status.out, /^Mode +observe/m)
    assert.match(status.out, /^Upstream +mock built in, default: [\d.]+ % of \d+ exchanges failed/m)
    assert.match((await airs(stack, ['changes', '--kind', 'mode'])).out, /enforce → observe|mode observe/)
    assert.match(await demo('--remove'), /^Removed 5 policies and 6 client keys/)
  })
})
