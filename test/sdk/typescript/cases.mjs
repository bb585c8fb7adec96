// What is the TypeScript SDK's own; run in an app that has it. One JSON line per case.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AIRSClient, airsOf, ControlError, VerificationFailed } from '@airs-cp/sdk'
import OpenAI from 'openai'

const { AIRS_TEST_GATEWAY: gateway, AIRS_TEST_PROVIDER: provider } = process.env
const apiKey = 'sk-app'
const direct = { onGatewayError: 'direct', providerBaseURL: `${provider}/v1` }
const ask = (client, content = 'Hello', options = {}) =>
  client.chat.completions.create({ model: 'gpt-4', messages: [{ role: 'user', content }] }, options)
const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
const folder = mkdtempSync(join(tmpdir(), 'airs-sdk-'))
const client = new AIRSClient({ apiKey })
async function until(find) {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const found = await find()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('it never came')
}

const cases = {
  'the endpoint comes from the environment, and OPENAI_BASE_URL has no say'() {
    process.env.OPENAI_BASE_URL = 'http://127.0.0.1:9/v1'
    assert.equal(new AIRSClient({ apiKey }).baseURL, `${gateway}/v1`)
    delete process.env.OPENAI_BASE_URL
    for (const airsEndpoint of ['http://gateway:1/', 'http://gateway:1/v1', 'http://gateway:1/v1/'])
      assert.equal(new AIRSClient({ apiKey, airsEndpoint }).baseURL, 'http://gateway:1/v1')
    assert.throws(() => new AIRSClient({ apiKey, airsEndpoint: 'gateway' }), /is not an address/)
  },
  'wrong options are refused with what to do'() {
    assert.throws(() => new AIRSClient({ apiKey, onGatewayError: 'ignore' }), /neither/)
    assert.throws(() => new AIRSClient({ apiKey, provider: 'https://x.example' }), /not a provider's name/)
    assert.throws(
      () => new AIRSClient({ apiKey, provider: 'groq', onGatewayError: 'direct' }),
      /providerBaseURL/,
    )
    assert.throws(() => new AIRSClient({ apiKey, tags: 'support' }), /must be a list/)
    assert.throws(() => new AIRSClient(), /OPENAI_API_KEY/)
  },
  async 'it is the wrapped client, and so are its answers'() {
    assert.ok(client instanceof OpenAI)
    const answer = await ask(client)
    assert.ok(!JSON.stringify(answer).includes('"airs"') && !('airs' in { ...answer }))
    const response = await ask(client, 'Hello', { sessionId: 'response' }).asResponse()
    assert.equal(airsOf(response).sessionId, 'response')
    const page = await client.models.list({ sessionId: 'page' })
    assert.equal(airsOf(page).sessionId, 'page')
    const headers = new Headers({ 'X-Session-ID': 'of-header' })
    assert.equal((await ask(client, 'Hello', { headers })).airs.sessionId, 'of-header')
    const own = new AIRSClient({ apiKey: async () => apiKey, fetch: (...call) => fetch(...call) })
    assert.equal((await ask(own.withOptions({ timeout: 30_000 }))).choices[0].message.content, 'Hello')
    assert.equal((await ask(new OpenAI({ apiKey, baseURL: `${provider}/v1` }))).airs, undefined)
  },
  async 'streams can be left, split and passed on'() {
    const params = {
      model: 'gpt-4',
      stream: true,
      messages: [{ role: 'user', content: 'mock:text="one two three"' }],
    }
    for await (const _ of await client.chat.completions.create(params)) break
    const [left, right] = (await client.chat.completions.create(params)).tee()
    const read = async (stream) => {
      let text = ''
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      return text
    }
    assert.deepEqual(await Promise.all([read(left), read(right)]), ['one two three', 'one two three'])
    const lines = await new Response((await client.chat.completions.create(params)).toReadableStream()).text()
    assert.match(lines, /"one/)
  },
  async 'what goes on at the same time, and other clients, have sessions of their own'() {
    const other = new AIRSClient({ apiKey })
    const asked = await Promise.all(
      [0, 1, 2, 3].map((number) =>
        client.session(`task-${number}`, async () => {
          await new Promise(setImmediate)
          return (await ask(client)).airs.sessionId
        }),
      ),
    )
    assert.deepEqual(asked, ['task-0', 'task-1', 'task-2', 'task-3'])
    await client.session('mine', async () => assert.notEqual((await ask(other)).airs.sessionId, 'mine'))
    await client.session(undefined, async (minted) =>
      assert.equal((await ask(client)).airs.sessionId, minted),
    )
  },
  async 'a gateway that goes away between calls is gone around'() {
    const body = '{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[]}'
    const server = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(body),
    )
    const airsEndpoint = `http://127.0.0.1:${await listen(server)}`
    const leaving = new AIRSClient({ apiKey, airsEndpoint, ...direct })
    assert.deepEqual([(await ask(leaving)).choices, leaving.airs.directCalls], [[], 0])
    await new Promise((resolve) => server.close(resolve))
    assert.equal((await ask(leaving)).choices[0].message.content, 'Hello')
    assert.equal(leaving.airs.directCalls, 1)
  },
  async 'what has been sent is never sent again elsewhere'() {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()))
    const airsEndpoint = `http://127.0.0.1:${await listen(server)}`
    const cut = new AIRSClient({ apiKey, airsEndpoint, maxRetries: 1, ...direct })
    await assert.rejects(ask(cut), OpenAI.APIConnectionError)
    assert.equal(cut.airs.directCalls, 0)
    server.close()
  },
  async 'events are found exactly as recorded'() {
    const session = await client.session(undefined, async (id) => {
      for (const text of ['Grüße', '"],"next":1}', 'three']) await (await ask(client, text)).airs.events()
      return id
    })
    const found = []
    for await (const event of client.airs.events.search({ session, order: 'ascending' })) found.push(event)
    assert.equal(found.length, 6)
    for (const { id, json } of found) assert.equal((await client.airs.events.get(id)).json, json)
    let few = 0
    for await (const _ of client.airs.events.search({ session, limit: 3 })) few += 1
    assert.equal(few, 3)
    assert.equal((await client.airs.sessions.get(session)).exchanges.length, 3)
    for await (const one of client.airs.sessions.list({ limit: 1 })) assert.ok(one.session)
  },
  async 'tools of MCP servers are approved and refused'() {
    const listed = async () => {
      const response = await fetch(`${gateway}/mcp/helpdesk`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      })
      return (await response.json()).result.tools.map(({ name }) => name)
    }
    const { mcp } = client.airs
    assert.deepEqual(await listed(), ['echo'])
    const tool = await until(async () => (await mcp.tools('helpdesk'))[0])
    assert.deepEqual([tool.tool, tool.state, tool.found], ['echo', 'pinned', tool.expected])
    assert.equal((await mcp.refuse('helpdesk', 'echo', { reason: 'a test' })).state, 'refused')
    assert.deepEqual(await listed(), [])
    assert.equal((await mcp.servers())[0].refused, 1)
    assert.equal((await mcp.approve('helpdesk', 'echo', { sha256: tool.found })).state, 'pinned')
    assert.deepEqual(await listed(), ['echo'])
    const calls = async (limit) => {
      const found = []
      for await (const one of mcp.calls('helpdesk', { limit })) found.push(one.operation)
      return found
    }
    await until(async () => (await calls()).length >= 3)
    assert.deepEqual(await calls(2), ['tools/list', 'tools/list'])
    await assert.rejects(mcp.approve('helpdesk', 'nothing'), /No tool nothing/)
  },
  async 'an export is waited for, fetched, gone on with and verified'() {
    const seen = []
    const made = await client.airs.exports.create({ from: '2024-01-01' })
    await made.wait({ onProgress: ({ state, percent }) => seen.push([state, percent]) })
    assert.deepEqual(seen.at(-1), ['completed', 100])
    const path = await made.download(join(folder, 'events.jsonl'))
    const whole = readFileSync(path)
    assert.equal(whole.toString().trimEnd().split('\n').length, made.job.rows)
    const verified = await client.airs.verify(path)
    assert.deepEqual([verified.manifest, verified.rows], [await made.manifest(), made.job.rows])
    const away = new AIRSClient({ apiKey, airsUrl: process.env.AIRS_TEST_NOWHERE })
    assert.deepEqual(await away.airs.verify(path), verified)
    assert.equal((await client.airs.exports.identify(path)).id, made.id)
    writeFileSync(join(folder, 'resumed.jsonl.part'), whole.subarray(0, whole.length / 2))
    assert.deepEqual(readFileSync(await made.download(join(folder, 'resumed.jsonl'))), whole)
    writeFileSync(join(folder, 'wrong.jsonl.part'), 'x'.repeat(100))
    await assert.rejects(made.download(join(folder, 'wrong.jsonl')), VerificationFailed)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('wrong')),
      [],
    )
    writeFileSync(path, whole.toString().replace('"1.0"', '"1.1"'))
    await assert.rejects(client.airs.verify(path), /SHA-256/)
    await assert.rejects(client.airs.exports.identify(path), /is none of the exports/)
  },
  async 'errors say what to do'() {
    const said = (options) =>
      new AIRSClient({ apiKey, ...options }).airs.exports.list().catch((error) => error)
    assert.equal((await said({ airsToken: 'wrong' })).status, 401)
    const away = await said({ airsUrl: process.env.AIRS_TEST_NOWHERE })
    assert.ok(away instanceof ControlError && away.code === 'unreachable', away)
    const elsewhere = await said({ airsUrl: provider })
    assert.match(elsewhere.message, /AIRS_URL/)
    await assert.rejects(client.airs.exports.create({ kind: 'nonsense' }), { status: 400 })
  },
}

let failed = false
for (const [name, work] of Object.entries(cases)) {
  let error = null
  try {
    await work()
  } catch (raised) {
    error = raised.stack
    failed = true
  }
  console.log(JSON.stringify({ name, error }))
}
process.exit(failed ? 1 : 0)
