import { createMockProvider } from '@airs-cp/providers'
import { listen, type RunningServer } from '@airs-cp/runtime'
import { Pool } from 'undici'
import type { IngressConfig } from './config.ts'

/** A provider that traffic can go to. */
export type Provider = {
  name: string
  pool: Pool
  /** Path under which the provider has what clients see under `/v1`. */
  basePath: string
  /** Credential of the server's own; absent: the client's passes through. */
  authorization?: string
}

export type Providers = {
  default: Provider
  find(name: string): Provider | undefined
  names: string[]
  close(): Promise<void>
}

/** Opens the configured providers. The built-in mock is served on loopback, so that its traffic is real traffic. */
export async function openProviders(config: IngressConfig): Promise<Providers> {
  const mock: RunningServer | undefined =
    config.defaultProvider === 'mock'
      ? await listen(createMockProvider(), { host: '127.0.0.1', port: 0 })
      : undefined
  const byName = new Map<string, Provider>()
  const add = (name: string, baseUrl: string, apiKey?: string) => {
    const url = new URL(baseUrl)
    byName.set(name, {
      name,
      basePath: url.pathname.replace(/\/$/, ''),
      pool: new Pool(url.origin, {
        connections: null,
        connect: { timeout: config.timeouts.connectMs },
        headersTimeout: config.timeouts.firstByteMs,
        bodyTimeout: config.timeouts.idleMs,
        keepAliveTimeout: 30_000,
      }),
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    })
  }
  add('openai', config.openai.baseUrl, config.openai.apiKey)
  add('ollama', config.ollama.baseUrl)
  if (mock) add('mock', `${mock.url}/v1`)
  return {
    default: byName.get(config.defaultProvider)!,
    find: (name) => byName.get(name),
    names: [...byName.keys()],
    async close() {
      await Promise.all([...byName.values()].map(({ pool }) => pool.destroy()))
      await mock?.close(0)
    },
  }
}
