import { createMockProvider, type ProviderConfig } from '@airs-cp/providers'
import { type Logger, listen, logTrouble } from '@airs-cp/runtime'
import type { Provider } from '../exchange.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { openPool } from './provider-pool.ts'

export type Providers = {
  default: Provider
  find(name: string): Provider | undefined
  names: string[]
  close(): Promise<void>
}

/** Opens the configured providers. The built-in mock is served on loopback, so that its traffic is real traffic. */
export async function openProviders(
  {
    providers,
    defaultProvider,
    timeouts,
  }: {
    providers: Record<string, ProviderConfig>
    defaultProvider: string
    timeouts: { connectMs: number; firstByteMs: number; idleMs: number; totalMs: number }
  },
  log: Logger,
): Promise<Providers> {
  const hasMock = Object.values(providers).some(({ kind }) => kind === 'mock')
  const mock = hasMock ? await listen(createMockProvider(), { host: '127.0.0.1', port: 0 }) : undefined
  const open = (name: string, settings: ProviderConfig): Provider => {
    const config = settings.kind === 'mock' ? { ...settings, baseUrl: `${mock!.url}/v1` } : settings
    const { connectMs, firstByteMs, idleMs, totalMs } = { ...timeouts, ...config.timeouts }
    const connections = openPool(new URL(config.baseUrl).origin, {
      connectMs,
      headersTimeout: firstByteMs,
      bodyTimeout: idleMs,
      keepAliveTimeout: 30_000,
    })
    const trouble = logTrouble(log, 'provider fails again and again: no calls go to it for now', {
      provider: name,
    })
    return {
      name,
      config,
      ...connections,
      breaker: createCircuitBreaker({ trouble }),
      totalTimeoutMs: totalMs,
    }
  }
  const byName = new Map(Object.entries(providers).map(([name, config]) => [name, open(name, config)]))
  return {
    default: byName.get(defaultProvider)!,
    find: (name) => byName.get(name),
    names: [...byName.keys()],
    async close() {
      await Promise.all([...byName.values()].map((provider) => provider.close()))
      await mock?.close(0)
    },
  }
}
