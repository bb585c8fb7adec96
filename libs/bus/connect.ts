import { createInbox, type TlsOptions } from '@nats-io/nats-core'
import type { NatsConnectionImpl } from '@nats-io/nats-core/internal'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { reconnectPace } from './reconnect-pace.ts'

export type Bus = NatsConnection

/**
 * Connects to NATS and stays connected: when the connection is lost it reconnects for ever.
 * @param url `nats://user:password@host:port`, or `tls://…`, which goes to no server without TLS; several separated by
 * commas. `?ca=FILE` names the certificates to trust instead of the system's, `&cert=FILE&key=FILE` the client's own.
 * @param waitMs how long to wait for the first connection.
 * @param signal ends the wait; then it never resolves, and a connection that is made at that moment is closed.
 * @throws when no server has responded by then.
 */
export async function connectBus({
  url,
  name,
  waitMs = 10_000,
  signal,
}: {
  url: string
  name: string
  waitMs?: number
  signal?: AbortSignal
}): Promise<Bus> {
  const deadline = performance.now() + waitMs
  for (;;) {
    try {
      const bus = await connect({ ...serverOptions(url), name: `airs-${name}` })
      if (!signal?.aborted) return bus
      await bus.close()
    } catch (error) {
      if (performance.now() > deadline)
        throw new Error(`NATS at ${withoutPassword(url)} does not respond: ${(error as Error).message}`, {
          cause: error,
        })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    if (signal?.aborted) return new Promise(() => {})
  }
}

/** A subject of its own for responses, under the prefix that the user of this connection may listen to. */
export function makeInbox(bus: Bus): string {
  return createInbox((bus as NatsConnectionImpl).options.inboxPrefix)
}

/**
 * Connection options for a URL that may carry credentials, with endless reconnection. A user's inboxes have its name in
 * front, so that its permissions can keep it from listening to others'.
 */
export function serverOptions(url: string) {
  const urls = url.split(',').map((one) => new URL(one.trim()))
  const first = urls[0]!
  return {
    servers: urls.map((one) => one.host),
    ...(first.username && {
      user: decodeURIComponent(first.username),
      pass: decodeURIComponent(first.password),
      inboxPrefix: `_INBOX.${decodeURIComponent(first.username)}`,
    }),
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectPace(),
    pingInterval: 10_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    ...(first.protocol === 'tls:' && { tls: tlsOptions(first.searchParams) }),
  }
}

function tlsOptions(parameters: URLSearchParams): TlsOptions {
  const file = (name: string) => parameters.get(name) || undefined
  return { caFile: file('ca'), certFile: file('cert'), keyFile: file('key') }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/g, '//')
}
