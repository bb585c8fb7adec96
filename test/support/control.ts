import type { Stack } from './stack.ts'

export type RecordedEvent = {
  id: string
  type: string
  source: string
  exchange?: string
  session?: string
  journal?: string
  sequence?: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes of data
  data: any
}

/** The control APIs of a running stack, as a person with its token calls them. */
export function controlOf(stack: Pick<Stack, 'urls' | 'token'> & Partial<Pick<Stack, 'settled'>>) {
  const call = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const response = await fetch(`${stack.urls.console}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${stack.token}`,
        ...(body !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text
  }
  const json = async <Reply>(method: string, path: string, body?: unknown, type?: string): Promise<Reply> =>
    JSON.parse(await call(method, path, body, type)) as Reply

  /** Waits until the ingress has the newest policy set. */
  const inForce = async () => {
    const { setVersion } = await json<{ setVersion: number }>('GET', '/v1/mode')
    await until(`policy set ${setVersion} in the ingress`, async () => {
      const metrics = await (await fetch(`${stack.urls.ingress}/metrics`)).text()
      const version = /^airs_policy_set_version\{.*\} (\d+)/m.exec(metrics)?.[1]
      return Number(version) >= setVersion || undefined
    })
  }

  return {
    call,
    inForce,
    json,
    async applyPolicy(yaml: string) {
      await json('PUT', '/v1/policies', yaml, 'application/yaml')
      await inForce()
    },
    async setMode(mode: string) {
      await json('PUT', '/v1/mode', { mode, reason: 'test' })
      await inForce()
    },
    /**
     * The events of an exchange in the event store, in order of arrival, when it has `count`: what a client breaks off is
     * recorded after the client has seen it, and what nobody ends, later.
     */
    async events(exchange: string, count: number): Promise<RecordedEvent[]> {
      await stack.settled?.()
      return until(`${count} events of exchange ${exchange}`, async () => {
        const path = `/v1/events?order=ascending&exchange=${exchange}`
        const { events } = await json<{ events: RecordedEvent[] }>('GET', path)
        return events.length >= count ? events : undefined
      })
    },
    /** Exports events and returns the file's bytes. */
    async exportEvents(range: { from?: string; to?: string } = {}): Promise<Buffer> {
      const { id } = await json<{ id: string }>('POST', '/v1/exports', range)
      await until(`export ${id}`, async () => {
        const { state, error } = await json<{ state: string; error: string }>('GET', `/v1/exports/${id}`)
        if (state === 'failed') throw new Error(`export failed: ${error}`)
        return state === 'completed' || undefined
      })
      return Buffer.from(await call('GET', `/v1/exports/${id}/download`))
    },
  }
}

/** What is waited for comes in far less; this is for a slow machine that is busy with other work. */
const patienceMs = 60_000

/** Asks until `look` returns something. @throws after `limitMs`, naming what it waited for. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  limitMs = patienceMs,
): Promise<Found> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms for ${what}, which did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
