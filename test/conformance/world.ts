import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { controlOf, type RecordedEvent, until } from '../support/control.ts'
import { type HeldMemory, heldGrowthBytes, inspectable, watchHeldMemory } from '../support/held-memory.ts'
import { startStack } from '../support/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { anthropicApi, geminiApi, openaiApi } from './published-api.ts'
import { startBrokenProvider } from './start-broken-provider.ts'
import { startProvider } from './start-provider.ts'

/** Milliseconds that the ingress gives the hasty providers; all others have the time that a busy machine takes. */
export const limitsMs = { firstByte: 2_000, idle: 2_000, total: 8_000 }

/** The mails that policy refuses in a request. */
export const blockedText = 'write to ann@example.com'

/** Client credentials; each provider sees the one that came with the request. */
export const clientKey = 'sk-client-1111111111111111'
/** The server's own credential for the provider `local`. */
export const localKey = 'sk-local-2222222222222222'

/**
 * Which provider a model name leads to. `shaky-…` are the same two fakes under other names, so that the failures asked
 * of them do not open the circuit breaker of the others; `hasty-…` are they with little time.
 */
const routes = `
routes:
  - { model: "claude-*", provider: anthropic }
  - { model: "shaky-claude*", provider: shaky-anthropic }
  - { model: "gemini-*", provider: gemini }
  - { model: "shaky-gemini*", provider: shaky-gemini }
  - { model: "hasty-gemini*", provider: hasty-gemini }
  - { model: "gpt-4o", provider: openai }
  - { model: "shaky-*", provider: shaky-openai }
  - { model: "hasty-claude*", provider: hasty-anthropic }
  - { model: "hasty-*", provider: hasty-openai }
  - { model: "broken-messages-*", provider: broken-anthropic }
  - { model: "broken-*", provider: broken-openai }
  - { model: "house-model", provider: openai, as: "gpt-4o" }
`

const policy = `
name: no-mail-addresses
mode: enforce
direction: request
detectors: [{ detector: pii, types: [EMAIL] }]
action: block
message: Mail addresses do not leave the house
`

/** One running stack with its providers, for all tests of this process. */
export const world = await startWorld()
after(() => world.stop())

async function startWorld() {
  const [openai, anthropic, gemini, local, broken] = await Promise.all([
    startProvider(openaiApi),
    startProvider(anthropicApi),
    startProvider(geminiApi),
    startProvider({
      ...openaiApi,
      models: { object: 'list', data: [{ id: 'llama-3', object: 'model', created: 1, owned_by: 'local' }] },
    }),
    startBrokenProvider(),
  ])
  const directory = makeTemporaryDirectory()
  const timeouts = JSON.stringify({
    firstByteMs: limitsMs.firstByte,
    idleMs: limitsMs.idle,
    totalMs: limitsMs.total,
  })
  const file = join(directory.path, 'providers.yaml')
  writeFileSync(
    file,
    `
providers:
  shaky-openai: { kind: openai-compatible, baseUrl: "${openai.url}/v1" }
  shaky-anthropic: { kind: anthropic, baseUrl: "${anthropic.url}" }
  shaky-gemini: { kind: gemini, baseUrl: "${gemini.url}" }
  hasty-gemini: { kind: gemini, baseUrl: "${gemini.url}", timeouts: ${timeouts} }
  hasty-openai: { kind: openai-compatible, baseUrl: "${openai.url}/v1", timeouts: ${timeouts} }
  hasty-anthropic: { kind: anthropic, baseUrl: "${anthropic.url}", timeouts: ${timeouts} }
  broken-openai: { kind: openai-compatible, baseUrl: "${broken.url}/v1" }
  broken-anthropic: { kind: anthropic, baseUrl: "${broken.url}" }
  local: { kind: openai-compatible, baseUrl: "${local.url}/v1", apiKeyVariable: LOCAL_API_KEY }
${routes}`,
  )
  const providers = [openai, anthropic, gemini, local, broken]
  const closeProviders = () => Promise.all(providers.map(({ close }) => close()))
  const stack = await startStack({
    dataDir: join(directory.path, 'data'),
    apart: ['ingress'],
    env: {
      ...inspectable,
      AIRS_PROVIDER: 'openai',
      AIRS_PROVIDERS_FILE: file,
      AIRS_OPENAI_BASE_URL: `${openai.url}/v1`,
      AIRS_OPENAI_API_KEY: '',
      AIRS_ANTHROPIC_BASE_URL: anthropic.url,
      AIRS_ANTHROPIC_API_KEY: '',
      AIRS_GEMINI_BASE_URL: gemini.url,
      AIRS_GEMINI_API_KEY: '',
      LOCAL_API_KEY: localKey,
      AIRS_MAX_ANSWER_BYTES: String(160 * 1024 * 1024),
      // The fakes ask for a wait of one second: more than this, so that status 429 is passed on and the request is not repeated.
      AIRS_MAX_RETRY_WAIT_MS: '100',
    },
  }).catch(async (error) => {
    await closeProviders()
    directory.remove()
    throw error
  })
  const control = controlOf(stack)
  await control.applyPolicy(policy)
  await control.setMode('enforce')

  let memory: HeldMemory | undefined
  return {
    stack,
    control,
    openai,
    anthropic,
    gemini,
    local,
    ingressUrl: stack.urls.ingress!,
    /** Waits for the outcome of an exchange. */
    outcome: (exchange: string): Promise<RecordedEvent> =>
      until(`the outcome of exchange ${exchange}`, async () => {
        const path = `/v1/events?order=descending&exchange=${exchange}`
        const { events } = await control.json<{ events: RecordedEvent[] }>('GET', path)
        return events.find(({ type }) => outcomes.has(type))
      }),
    /** How many bytes more than before the ingress holds at most while something is done. */
    async heldGrowthBytes(work: () => Promise<void>): Promise<number> {
      memory ??= await watchHeldMemory(join(directory.path, 'data', 'logs', 'ingress.log'))
      return heldGrowthBytes(memory, work)
    },
    /** Tells the circuit breakers of the shaky, hasty and broken providers that all is well. */
    async calm(): Promise<void> {
      for (const model of calmModels)
        await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
          body: JSON.stringify({ model, messages: [{ role: 'user', content: 'calm' }] }),
        }).then((response) => response.arrayBuffer())
    },
    async stop(): Promise<void> {
      memory?.close()
      await stack.stop()
      await closeProviders()
      directory.remove()
    },
  }
}

const calmModels = [
  ...['shaky-gpt', 'shaky-claude', 'shaky-gemini', 'hasty-gpt', 'hasty-claude', 'hasty-gemini'],
  ...['broken-not', 'broken-messages-not'],
]

const outcomes = new Set<string>([
  eventTypes.requestBlocked,
  eventTypes.requestRejected,
  eventTypes.responseCompleted,
  eventTypes.responseBlocked,
  eventTypes.responseFailed,
  eventTypes.responseAborted,
])
