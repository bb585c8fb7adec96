import { hostname, networkInterfaces } from 'node:os'
import type { IngressMcpServer } from '@airs-cp/events'
import { ConfigError } from '@airs-cp/runtime'
import { Pool } from 'undici'
import { isOwnAddress } from '../routing/own-address.ts'
import type { McpServerConfig, McpSettings } from './server-settings.ts'

/** A server that tools are called on. */
export type McpServer = McpServerConfig & {
  pool: Pool
  path: string
  /** In events, policies and metrics, where providers stand. */
  provider: string
}

export type McpServers = {
  find(name: string): McpServer | undefined
  names: string[]
  close(): Promise<void>
}

/** @throws ConfigError where an address is this ingress itself. */
export function openMcpServers({ servers }: McpSettings, own: { host: string; port: number }): McpServers {
  for (const { name, url } of servers)
    if (isOwnAddress(url, own, networkInterfaces(), hostname()))
      throw new ConfigError(
        `MCP server "${name}" has the address ${url}, which is this ingress itself: every call would come back to it. Set the server's own address`,
      )
  const byName = new Map(servers.map((config) => [config.name, open(config)]))
  return {
    find: (name) => byName.get(name),
    names: [...byName.keys()],
    async close() {
      await Promise.all([...byName.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

const mostDescribed = 200

/** Where calls go, for people: of an address nothing that may be a secret. */
export function describeMcpServers({ servers }: McpSettings): IngressMcpServer[] {
  return servers.slice(0, mostDescribed).map(({ name, url }) => {
    const { origin, pathname } = new URL(url)
    return { name, url: `${origin}${pathname}` }
  })
}

function open(config: McpServerConfig): McpServer {
  const url = new URL(config.url)
  const { connectMs, idleMs } = config.limits
  const pool = new Pool(url.origin, {
    connections: null,
    connect: { timeout: connectMs },
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    keepAliveTimeout: 30_000,
  })
  return { ...config, pool, path: `${url.pathname}${url.search}`, provider: `mcp:${config.name}` }
}
