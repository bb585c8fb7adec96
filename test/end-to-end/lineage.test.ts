import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { isDeepStrictEqual, promisify } from 'node:util'
import type { Lineage, Trace } from '@airs-cp/client'
import { sha256Hex } from '@airs-cp/events'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const airs = join(import.meta.dirname, '../../libs/cli/bin/airs')

type Reply = { exchange: string; text: string }

describe('lineage', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  before(async () => {
    directory = makeTemporaryDirectory()
    const env = { ...process.env, AIRS_PROVIDER: 'mock' }
    stack = await startStack({ dataDir: directory.path, env })
    control = controlOf(stack)
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  async function ask(path: string, session: string, body: object, sources = ''): Promise<Reply> {
    const response = await fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-session-id': session,
        ...(sources && { 'x-airs-sources': sources }),
      },
      body: JSON.stringify({ model: 'm', ...body }),
    })
    const text = await response.text()
    assert.equal(response.status, 200, text)
    return { exchange: response.headers.get('x-airs-exchange-id')!, text }
  }

  /** The graph once the answer of the last exchange is in it. */
  async function graphOf(session: string, last: string): Promise<Lineage> {
    return until(`lineage of ${session}`, async () => {
      const path = `/v1/sessions/${session}?include=lineage`
      const found = await control.json<{ lineage: Lineage }>('GET', path).catch(() => undefined)
      return found?.lineage.edges.some((edge) => edge.exchange === last && edge.relation === 'request')
        ? found.lineage
        : undefined
    })
  }
  const kinds = ({ nodes }: Lineage) =>
    nodes.map(({ kind, role, direction }) => `${direction} ${kind === 'message' ? role : kind}`)

  for (const stream of [false, true])
    test(`of a chat with a tool, ${stream ? 'streamed' : 'plain'}, has each piece once`, async () => {
      const session = `chat-${stream}`
      const question = { role: 'user', content: 'mock:tool=find args={"q":"tea"}' }
      const path = '/v1/chat/completions'
      await ask(path, session, { messages: [question], stream })
      const id = (await graphCallId(session))!
      const call = { id, type: 'function', function: { name: 'find', arguments: '{"q": "tea"}' } }
      const history = [
        question,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: id, content: 'Oolong' },
      ]
      const { exchange } = await ask(path, session, { messages: history, stream }, 'shop, handbook')
      const graph = await graphOf(session, exchange)
      assert.deepEqual(kinds(graph), [
        'request user',
        'response tool-call',
        'request tool-result',
        'request source',
        'request source',
        'response answer',
      ])
      const reply = graph.nodes.at(-1)!
      assert.equal(reply.digest, sha256Hex('Oolong'))
      const made = graph.edges.find(({ node }) => node === reply.id)
      assert.equal(made?.derivedFrom.length, 5)
    })

  async function graphCallId(session: string): Promise<string | undefined> {
    return until(`a call in ${session}`, async () => {
      const path = `/v1/sessions/${session}?include=lineage`
      const found = await control.json<{ lineage: Lineage }>('GET', path).catch(() => undefined)
      return found?.lineage.nodes.find(({ kind }) => kind === 'tool-call')?.callId ?? undefined
    })
  }

  test('is the same in the format of Anthropic, streamed', async () => {
    const session = 'anthropic'
    const question = { role: 'user', content: [{ type: 'text', text: 'mock:tool=find args={"q":"tea"}' }] }
    const body = { max_tokens: 100, system: 'Be brief', stream: true }
    await ask('/v1/messages', session, { ...body, messages: [question] })
    const id = await graphCallId(session)
    const messages = [
      question,
      { role: 'assistant', content: [{ type: 'tool_use', id, name: 'find', input: { q: 'tea' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'Oolong' }] },
    ]
    const { exchange } = await ask('/v1/messages', session, { ...body, messages })
    assert.deepEqual(kinds(await graphOf(session, exchange)), [
      'request system',
      'request user',
      'response tool-call',
      'request tool-result',
      'response answer',
    ])
  })

  test('follows a Responses conversation over the ids of its answers', async () => {
    const session = 'responses'
    const first = await ask('/v1/responses', session, { input: 'Tea?', stream: true })
    const id = /"id":"(resp_[^"]+)"/.exec(first.text)![1]
    const second = await ask('/v1/responses', session, { input: 'Why?', previous_response_id: id })
    await graphOf(session, second.exchange)
    const trace = await control.json<Trace>('GET', `/v1/lineage/exchanges/${second.exchange}`)
    const bySize = trace.nodes.map(({ digest, depth }) => [depth, digest])
    assert.deepEqual(
      bySize.toSorted(),
      [
        [0, sha256Hex('Why?')],
        [1, sha256Hex('Tea?')],
        [1, sha256Hex('Why?')],
        [2, sha256Hex('Tea?')],
      ].toSorted(),
    )
    const forwards = await control.json<Trace>(
      'GET',
      `/v1/lineage/exchanges/${first.exchange}?direction=forwards`,
    )
    assert.deepEqual(
      forwards.nodes.map(({ kind, digest }) => [kind, digest]),
      [
        ['answer', sha256Hex('Tea?')],
        ['answer', sha256Hex('Why?')],
      ],
    )
  })

  test('knows a text again when it has grown too large to be recorded within its event', async () => {
    const session = 'large'
    const long = `${'Grüße 🌍 "x" '.repeat(3_000)}`
    const question = { role: 'user', content: long }
    await ask('/v1/chat/completions', session, { messages: [question] })
    const further = [question, { role: 'assistant', content: long }, { role: 'user', content: `${long}!` }]
    const { exchange } = await ask('/v1/chat/completions', session, { messages: further })
    const expected = [
      ['message', sha256Hex(long)],
      ['answer', sha256Hex(long)],
      ['message', sha256Hex(`${long}!`)],
      ['answer', sha256Hex(`${long}!`)],
    ]
    await until('the graph of bodies that are read later, in any order', async () => {
      const { nodes } = await graphOf(session, exchange)
      const found = nodes.map(({ kind, digest }) => [kind, digest])
      return isDeepStrictEqual(found, expected) || undefined
    })
    const path = `/v1/lineage/nodes?digest=${sha256Hex(long)}`
    assert.equal((await control.json<{ nodes: unknown[] }>('GET', path)).nodes.length, 2)
  })

  test('is shown by the command line', async () => {
    const env = { ...process.env, AIRS_URL: stack.urls.console, AIRS_TOKEN: stack.token, NO_COLOR: '1' }
    const run = promisify(execFile)
    const { stdout } = await run(airs, ['sessions', 'show', 'chat-false', '--lineage'], { env })
    assert.match(stdout, /← {2}tool-call find/)
    assert.match(stdout, /tool-result find is derived from tool-call find/)
    assert.match(stdout, /response is derived from 5 pieces of the request/)
    const { lineage } = JSON.parse(
      (await run(airs, ['sessions', 'show', 'chat-false', '--lineage', '--json'], { env })).stdout,
    )
    const first = await run(airs, ['sessions', 'show', 'chat-false', '--limit', '1'], { env })
    assert.match(first.stdout, /^Session chat-false.*: (\d+) exchanges/)
    assert.match(first.stderr, /\d+ more of its \d+ exchanges, later than these: --limit gives more/)
    const last = lineage.nodes.at(-1).exchange
    const traced = await run(airs, ['sessions', 'trace', last], { env })
    assert.match(traced.stdout, /^0 +response .*\n(.*\n)*2? *.*/m)
    await assert.rejects(run(airs, ['sessions', 'trace', 'nowhere'], { env }), /Exchange nowhere/)
  })
})
