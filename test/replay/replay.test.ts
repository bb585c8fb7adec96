import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parseEvent } from '@airs-cp/events'
import { controlOf } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { checkRequest } from './check-request.ts'
import { clients } from './clients.ts'
import { agentTools, nativeClients } from './native-clients.ts'
import { nativeServers } from './native-servers.ts'
import { readAsClient } from './read-as-client.ts'
import type { Format, Said, TranslatedFormat } from './said.ts'
import { type ServerShape, servers } from './servers.ts'
import { limited, startUpstream, type Upstream } from './upstream.ts'

const formats: TranslatedFormat[] = ['openai.chat', 'anthropic.messages', 'gemini.generate-content']
const policiesFolder = join(import.meta.dirname, '..', '..', 'infra', 'policies')
const policies = new Map(
  readdirSync(policiesFolder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file, withOwnLists(readFileSync(join(policiesFolder, file), 'utf8'))] as const),
)
/** The lists of tools and models are to be replaced by one's own: here with what the clients of the corpus use. */
function withOwnLists(yaml: string): string {
  return yaml
    .replace('fetch, query]', `fetch, query, ${agentTools.join(', ')}]`)
    .replace('claude-(?:opus|sonnet|haiku))', 'claude-(?:opus|sonnet|haiku)|gemini)')
}
/** Every policy of a file, in the mode that is given. */
const inMode = (yaml: string, mode: string) => yaml.replaceAll(/^mode: \w+$/gm, `mode: ${mode}`)

/** What is planted into a response, and the policy's result for it. */
const card = '4111 1111 1111 1111'
const planted: ServerShape = (() => {
  const shape = servers.find(({ name }) => name === 'openai')!
  const withCard = (text: string) => text.replaceAll(' in Zürich.', ` on card ${card}.`)
  return {
    ...shape,
    name: 'planted card',
    plain: JSON.parse(withCard(JSON.stringify(shape.plain))) as object,
    stream: withCard(shape.stream),
    says: { ...shape.says, text: withCard(shape.says.text) },
  }
})()
const dangerous: ServerShape = (() => {
  const shape = servers.find(({ name }) => name === 'openai, a call')!
  // The stream has the name of the city in two pieces.
  const withCommand = (text: string) => text.replaceAll('Zü', 'rm -rf /').replaceAll('rich', '')
  return {
    ...shape,
    name: 'planted command',
    plain: JSON.parse(withCommand(JSON.stringify(shape.plain))) as object,
    stream: withCommand(shape.stream),
  }
})()
/** A key as GitHub gives them, put together here so that no scanner takes this file for a leak. */
const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`

let directory: TemporaryDirectory
let upstream: Upstream
let stack: Stack
let control: ReturnType<typeof controlOf>

before(async () => {
  directory = makeTemporaryDirectory()
  upstream = await startUpstream([...servers, ...nativeServers, planted, dangerous])
  const file = join(directory.path, 'providers.yaml')
  writeFileSync(
    file,
    `
providers:
  chat: { kind: openai-compatible, baseUrl: "${upstream.url}/v1" }
  messages: { kind: anthropic, baseUrl: "${upstream.url}" }
  generate: { kind: gemini, baseUrl: "${upstream.url}" }
`,
  )
  stack = await startStack({
    dataDir: join(directory.path, 'data'),
    env: {
      AIRS_PROVIDER: 'openai',
      AIRS_PROVIDERS_FILE: file,
      AIRS_OPENAI_BASE_URL: `${upstream.url}/v1`,
      AIRS_OPENAI_API_KEY: '',
      AIRS_ANTHROPIC_BASE_URL: upstream.url,
      AIRS_ANTHROPIC_API_KEY: '',
    },
  })
  control = controlOf(stack)
  await control.setMode('enforce')
})

after(async () => {
  await stack?.stop()
  upstream?.close()
  directory?.remove()
})

const providers: Record<Format, { provider: string; model: string }> = {
  'openai.chat': { provider: 'chat', model: 'gpt-4o' },
  'anthropic.messages': { provider: 'messages', model: 'claude-opus-4-8' },
  'gemini.generate-content': { provider: 'generate', model: 'gemini-3-flash' },
  'openai.responses': { provider: 'openai', model: 'gpt-4o' },
}
const headersFor = (provider: Format, shape: ServerShape) => ({
  'x-airs-provider': providers[provider].provider,
  'x-airs-agent': 'replay',
  'x-replay': shape.name,
  // A conversation of its own: the limit of requests for each session is not what is replayed here.
  'x-session-id': randomUUID(),
})
function question(format: Format, content: string): Record<string, unknown> {
  if (format === 'openai.responses') return { input: content }
  if (format === 'gemini.generate-content') return { contents: content }
  return {
    messages: [{ role: 'user', content }],
    ...(format === 'anthropic.messages' && { max_tokens: 500 }),
  }
}

function ask(
  format: Format,
  shape: ServerShape,
  stream: boolean,
  content = 'How warm is it?',
): Promise<Said> {
  return readAsClient(format, {
    baseUrl: stack.urls.ingress!,
    headers: headersFor(shape.format, shape),
    body: { model: providers[shape.format].model, ...question(format, content) },
    stream,
  })
}

/** Single policies are replayed without Gemini: what a policy reads and changes does not depend on the pair. */
const mainFormats: readonly TranslatedFormat[] = ['openai.chat', 'anthropic.messages']

async function replayServers(among: readonly TranslatedFormat[] = formats): Promise<void> {
  for (const shape of servers.filter(({ format }) => among.includes(format as TranslatedFormat)))
    for (const format of among)
      for (const stream of [false, true]) {
        const label = `${shape.name}, ${stream ? 'streamed' : 'plain'}, read as ${format}`
        const said = await ask(format, shape, stream).catch((error: Error) =>
          assert.fail(`${label}: ${error}`),
        )
        assert.deepEqual(said, shape.says, label)
      }
}

/** Codex and Gemini CLI, each to a provider that speaks its format. */
async function replayNatives(): Promise<void> {
  for (const shape of nativeServers)
    for (const stream of [false, true]) {
      const label = `${shape.name}, ${stream ? 'streamed' : 'plain'}`
      const said = await ask(shape.format, shape, stream).catch((error: Error) =>
        assert.fail(`${label}: ${error}`),
      )
      assert.deepEqual(said, shape.says, label)
    }
  for (const { name, format, body } of nativeClients)
    for (const stream of [false, true]) {
      const label = `${name}, ${stream ? 'streamed' : 'plain'}`
      const shape = nativeServers.find((it) => it.format === format)!
      const said = await readAsClient(format, {
        baseUrl: stack.urls.ingress!,
        headers: headersFor(format, shape),
        body: { model: providers[format].model, ...body },
        stream,
      }).catch((error: Error) => assert.fail(`${label}: ${error}`))
      assert.deepEqual(said, shape.says, label)
    }
}

async function replayClients(among: readonly TranslatedFormat[] = formats): Promise<void> {
  for (const { name, format, body } of clients.filter(({ format }) =>
    among.includes(format as TranslatedFormat),
  ))
    for (const provider of among)
      for (const stream of [false, true]) {
        const label = `${name}, ${stream ? 'streamed' : 'plain'}, to ${provider}`
        const shape = servers.find((it) => it.format === provider)!
        const said = await readAsClient(format, {
          baseUrl: stack.urls.ingress!,
          headers: headersFor(provider, shape),
          body: { model: providers[provider].model, ...body },
          stream,
        }).catch((error: Error) => assert.fail(`${label}: ${error}`))
        assert.deepEqual(said, shape.says, label)
        if (format === provider) continue
        try {
          checkRequest(provider, upstream.lastBody())
        } catch (error) {
          assert.fail(`${label}: ${(error as Error).message} in ${upstream.lastBody()}`)
        }
      }
}

describe('the corpus says through a gateway what it says directly', () => {
  test('each server, read directly by the official client of its format', async () => {
    for (const shape of [...servers, ...nativeServers])
      for (const stream of [false, true]) {
        const said = await readAsClient(shape.format, {
          baseUrl: upstream.url,
          headers: { 'x-replay': shape.name },
          body: { model: 'm', ...question(shape.format, 'How warm is it?') },
          stream,
        })
        assert.deepEqual(said, shape.says, `${shape.name}, ${stream ? 'streamed' : 'plain'}`)
      }
  })

  test('without policies', async () => {
    await replayServers()
    await replayClients()
    await replayNatives()
  })

  for (const [file, yaml] of policies)
    test(`with ${file} enforcing`, async () => {
      await control.applyPolicy(inMode(yaml, 'enforce'))
      try {
        await replayServers(mainFormats)
        await replayClients(mainFormats)
        await replayNatives()
      } finally {
        await control.applyPolicy(inMode(yaml, 'off'))
      }
    })

  test('with all shipped policies enforcing, which still find what is planted', async () => {
    for (const yaml of policies.values()) await control.applyPolicy(inMode(yaml, 'enforce'))
    await replayServers()
    await replayClients()
    await replayNatives()
    for (const format of formats)
      for (const stream of [false, true]) {
        const label = `${format}, ${stream ? 'streamed' : 'plain'}`
        const said = await ask(format, planted, stream)
        assert.ok(said.text.startsWith('It is 18 °C on card '), label)
        assert.ok(!said.text.includes('1111'), `${label}: ${said.text}`)
        const withheld = await ask(format, dangerous, stream).catch((error: Error) => {
          assert.match(error.message, /could do harm/, label)
          return undefined
        })
        // A stream may have begun the call; its arguments, which do the harm, never arrive.
        assert.equal(withheld?.end ?? 'refusal', 'refusal', label)
        assert.ok(
          !JSON.stringify(withheld?.calls ?? []).includes('rm -rf'),
          `${label}: a call that does harm`,
        )
        await ask(format, servers[0]!, stream, `The key is ${secret}`)
        assert.ok(!upstream.lastBody().includes(secret), `${label}: the key reached the provider`)
      }
  })

  test('a client of each format learns from a provider of the other how long to wait', async () => {
    const askRaw = (format: TranslatedFormat, provider: TranslatedFormat) =>
      fetch(`${stack.urls.ingress}${format === 'openai.chat' ? '/v1/chat/completions' : '/v1/messages'}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer sk-replay',
          'x-airs-provider': providers[provider].provider,
          'x-replay': limited,
        },
        body: JSON.stringify({ model: providers[provider].model, ...question(format, 'How warm is it?') }),
      })
    const openai = await askRaw('openai.chat', 'anthropic.messages')
    assert.equal(openai.status, 429)
    assert.equal(openai.headers.get('retry-after'), '17')
    assert.equal(openai.headers.get('x-ratelimit-limit-requests'), '50')
    assert.equal(openai.headers.get('x-ratelimit-remaining-requests'), '0')
    assert.match(openai.headers.get('x-ratelimit-reset-tokens') ?? '', /^(1h0m0s|59m\d+s)$/)
    const { error } = (await openai.json()) as { error: { message: string; code: unknown } }
    assert.match(error.message, /Slow down/)
    const anthropic = await askRaw('anthropic.messages', 'openai.chat')
    assert.equal(anthropic.status, 429)
    assert.equal(anthropic.headers.get('retry-after'), '17')
    assert.equal(anthropic.headers.get('anthropic-ratelimit-requests-limit'), '50')
    assert.equal(anthropic.headers.get('anthropic-ratelimit-requests-remaining'), '0')
    const reset = Date.parse(anthropic.headers.get('anthropic-ratelimit-tokens-reset') ?? '')
    assert.ok(Math.abs(reset - Date.now() - 3_600_000) < 60_000)
    assert.equal(((await anthropic.json()) as { type: string }).type, 'error')
  })

  test('what was recorded of it parses', async () => {
    const lines = (await control.exportEvents()).toString('utf8').trimEnd().split('\n')
    const events = lines.map((line) => parseEvent(line))
    const count = (type: string) => events.filter((event) => event.type === type).length
    const opened = count('airs.request-received.v1')
    assert.ok(opened > servers.length * 4 * policies.size, `${opened} requests`)
    const ended = ['completed', 'blocked', 'failed'].map((how) => count(`airs.response-${how}.v1`))
    assert.equal(
      ended.reduce((sum, one) => sum + one),
      opened,
    )
  })
})
