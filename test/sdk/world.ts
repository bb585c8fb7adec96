import { writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after } from 'node:test'
import { createMockProvider } from '@airs-cp/providers'
import { listen } from '@airs-cp/runtime'
import { freePort } from '../../infra/local/free-port.ts'
import { startScriptedServer } from '../mcp/scripted-server.ts'
import { controlOf } from '../support/control.ts'
import { startStack } from '../support/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import type { PythonEnvironment } from './python-environment.ts'
import type { TypeScriptEnvironment } from './typescript-environment.ts'

export const root = join(import.meta.dirname, '..', '..')

export const python = JSON.parse(process.env.AIRS_SDK_PYTHON ?? 'null') as
  | PythonEnvironment
  | { missing: string }
  | null
if (!python) throw new Error('These tests need the built SDKs: npm run test:sdk')

const policies = `
name: no-accounts
mode: enforce
direction: request
detectors: [{ detector: pii, types: [IBAN] }]
action: block
message: Account numbers do not leave the house
---
name: mask-mails
mode: enforce
direction: request
detectors: [{ detector: pii, types: [EMAIL] }]
action: redact
---
name: no-cards-in-answers
mode: enforce
direction: response
detectors: [{ detector: pii, types: [CREDIT_CARD] }]
action: block
message: Card numbers are not sent
`

export const typescript = JSON.parse(process.env.AIRS_SDK_TYPESCRIPT ?? 'null') as TypeScriptEnvironment

type Seen = { path: string; headers: IncomingMessage['headers'] }

/** One running stack with a provider behind it, for all tests of this process. */
export const world = await startWorld()
after(() => world.stop())

async function startWorld() {
  const provider = await startProvider()
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const tools = await startScriptedServer()
  const directory = makeTemporaryDirectory()
  const mcpFile = join(directory.path, 'mcp.yaml')
  writeFileSync(mcpFile, `servers: { helpdesk: { url: ${tools.url} } }\n`)
  const stack = await startStack({
    dataDir: join(directory.path, 'data'),
    env: {
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: `${provider.url}/v1`,
      AIRS_OPENAI_API_KEY: '',
      AIRS_ANTHROPIC_BASE_URL: provider.url,
      AIRS_ANTHROPIC_API_KEY: '',
      AIRS_MAX_RETRY_WAIT_MS: '100',
      AIRS_MCP_FILE: mcpFile,
    },
  }).catch(async (error) => {
    await provider.close()
    await tools.stop()
    directory.remove()
    throw error
  })
  const control = controlOf(stack)
  await control.applyPolicy(policies)
  await control.setMode('enforce')
  return {
    stack,
    control,
    provider,
    directory: directory.path,
    /** What an app of a user has in its environment: nothing of this machine's proxies, everything of the stack. */
    appEnvironment: {
      ...withoutOurs(process.env),
      AIRS_ENDPOINT: stack.urls.ingress!,
      AIRS_URL: stack.urls.console!,
      AIRS_TOKEN: stack.token,
      AIRS_TEST_GATEWAY: stack.urls.ingress!,
      AIRS_TEST_PROVIDER: provider.url,
      AIRS_TEST_NOWHERE: nowhere,
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONIOENCODING: 'utf-8',
    },
    async stop(): Promise<void> {
      await stack.stop()
      await provider.close()
      await tools.stop()
      directory.remove()
    },
  }
}

/** A provider on loopback that answers as the built-in mock does, in OpenAI's and Anthropic's format. */
async function startProvider() {
  const seen: Seen[] = []
  const mock = createMockProvider()
  const { url, close } = await listen(
    (request, response) => {
      seen.push({ path: request.url ?? '/', headers: request.headers })
      mock(request, response)
    },
    { host: '127.0.0.1', port: 0 },
  )
  return {
    url,
    close: () => close(0),
    count: () => seen.length,
    last(): Seen {
      const latest = seen.at(-1)
      if (!latest) throw new Error('Nothing has reached the provider')
      return latest
    },
  }
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(AIRS|OPENAI|ANTHROPIC|NODE)_|^PYTHONPATH$/.test(name)),
  )
}
