import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { metaKeys, type Revision, revisions } from '@airs-cp/mcp'
import { controlOf } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { startEraServer } from './era-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: any message
type Message = any

/** Every revision of a client with every revision of a server. */
describe('revisions of the protocol', () => {
  let stack: Stack
  let directory: TemporaryDirectory
  const servers: Awaited<ReturnType<typeof startEraServer>>[] = []

  before(async () => {
    directory = makeTemporaryDirectory()
    for (const revision of revisions) servers.push(await startEraServer(revision))
    const file = join(directory.path, 'mcp.yaml')
    const lines = servers.map(({ revision, url }) => `  at-${revision}:\n    url: ${url}\n`)
    lines.push(`  unlisted:\n    url: ${servers.at(-1)!.url}\n`)
    writeFileSync(file, `servers:\n${lines.join('')}`)
    stack = await startStack({ env: { AIRS_MCP_FILE: file } })
  })
  after(async () => {
    await stack?.stop()
    for (const server of servers) await server.stop()
    directory?.remove()
  })

  /** A client of one revision, by hand: what it sends is what the revision says. */
  async function connect(
    client: Revision,
    server: Revision | 'unlisted',
    onQuestion: (question: Message) => Message,
  ) {
    const url = `${stack.urls.ingress}/mcp/${server === 'unlisted' ? server : `at-${server}`}`
    const isStateless = client === '2026-07-28'
    let session: string | undefined
    let id = 0
    const post = (message: Message, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(session !== undefined && { 'mcp-session-id': session }),
          ...((isStateless || (session !== undefined && client !== '2025-03-26')) && {
            'mcp-protocol-version': client,
          }),
          ...headers,
        },
        body: JSON.stringify(message),
      })
    async function request(method: string, params: Message = {}, more = {}): Promise<Message> {
      const _meta = {
        [metaKeys.protocolVersion]: client,
        [metaKeys.clientInfo]: { name: 'hand', version: '1' },
        [metaKeys.clientCapabilities]: { elicitation: {} },
      }
      const message = {
        jsonrpc: '2.0',
        id: ++id,
        method,
        params: isStateless ? { ...params, _meta } : params,
      }
      const argument: string | undefined = params.arguments?.text
      const names: Record<string, string | undefined> = {
        'mcp-method': method,
        ...(params.name && { 'mcp-name': params.name }),
        ...(argument !== undefined && { 'mcp-param-text': argument }),
        ...more,
      }
      if (names['mcp-param-text'] === undefined) delete names['mcp-param-text']
      const response = await post(message, isStateless ? (names as Record<string, string>) : {})
      if (response.headers.get('mcp-session-id')) session = response.headers.get('mcp-session-id')!
      if (response.headers.get('content-type') !== 'text/event-stream') return response.json()
      let text = ''
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const data = /^data: (.+)$/m.exec(text.slice(0, end))?.[1]
          text = text.slice(end + 2)
          if (data === undefined) continue
          const found = JSON.parse(data)
          if (found.method !== undefined && found.id !== undefined) {
            const responded = await post({ jsonrpc: '2.0', id: found.id, result: onQuestion(found) })
            assert.equal(responded.status, 202)
          } else if (found.id === id) return found
        }
      }
      throw new Error(`no result of ${method}`)
    }
    if (!isStateless) {
      const begun = await request('initialize', {
        protocolVersion: client,
        capabilities: { elicitation: {} },
        clientInfo: { name: 'hand', version: '1' },
      })
      assert.equal(begun.result.protocolVersion, client)
      assert.equal(begun.result.serverInfo.name, 'era')
      assert.equal((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status, 202)
    }
    return request
  }

  for (const client of revisions)
    for (const server of revisions)
      test(`a client of ${client} uses a server of ${server}`, async () => {
        const request = await connect(client, server, ({ params }) => {
          assert.equal(params.message, 'Which colour?')
          return { action: 'accept', content: { colour: 'blue' } }
        })
        const listed = await request('tools/list')
        assert.deepEqual(
          listed.result.tools.map(({ name }: Message) => name),
          ['echo', 'ask'],
        )
        const called = await request('tools/call', { name: 'echo', arguments: { text: 'hi' } })
        assert.deepEqual(called.result.content, [{ type: 'text', text: 'hi' }])
        assert.equal(called.result.resultType, client === '2026-07-28' ? 'complete' : undefined)
        assert.equal(listed.result.ttlMs, client === '2026-07-28' ? 0 : undefined)
        const params = { name: 'ask', arguments: {} }
        let asked = await request('tools/call', params)
        if (client === '2026-07-28') {
          assert.equal(asked.result.resultType, 'input_required')
          const [[key, question]] = Object.entries(asked.result.inputRequests) as [[string, Message]]
          assert.equal(question.params.message, 'Which colour?')
          const inputResponses = { [key]: { action: 'accept', content: { colour: 'blue' } } }
          asked = await request('tools/call', {
            ...params,
            inputResponses,
            requestState: asked.result.requestState,
          })
        }
        assert.deepEqual(asked.result.content, [{ type: 'text', text: 'blue' }])
        if (client === '2026-07-28') {
          const { result } = await request('server/discover')
          assert.ok(result.supportedVersions.includes('2026-07-28'))
        } else assert.deepEqual((await request('ping')).result, {})
        assert.equal((await request('tools/call', { name: 'none', arguments: {} })).error.code, -32602)
      })

  const nobodyAsks = () => assert.fail('no question was expected')

  test('a header that says another argument than the body is refused, and one that is missing is written', async () => {
    for (const server of revisions) {
      const request = await connect('2026-07-28', server, nobodyAsks)
      await request('tools/list')
      const params = { name: 'echo', arguments: { text: 'hi' } }
      const refused = await request('tools/call', params, { 'mcp-param-text': 'other' })
      assert.equal(refused.error?.code, -32020, server)
      const { result } = await request('tools/call', params, { 'mcp-param-text': undefined })
      assert.equal(result?.content[0].text, 'hi', server)
    }
  })

  test('a call of a tool that was not listed before passes with the headers of its client', async () => {
    const request = await connect('2026-07-28', 'unlisted', nobodyAsks)
    const params = { name: 'echo', arguments: { text: 'hi' } }
    assert.equal((await request('tools/call', params)).result?.content[0].text, 'hi')
  })

  test('what a policy redacts reaches no server, of whatever revision it and the client are', async () => {
    const control = controlOf(stack)
    await control.applyPolicy(`
name: no-mail-addresses
mode: enforce
direction: request
detectors: [{ detector: pii, types: [EMAIL] }]
action: redact
`)
    await control.setMode('enforce')
    for (const client of revisions)
      for (const server of revisions) {
        const request = await connect(client, server, nobodyAsks)
        await request('tools/list')
        const params = { name: 'echo', arguments: { text: 'to ann@example.com' } }
        const { result } = await request('tools/call', params)
        const [{ text }] = result.content
        assert.match(text, /^to /, `${client} to ${server}`)
        assert.ok(!text.includes('ann@'), `${client} to ${server}: ${text}`)
      }
  })
})
