import { patienceMs } from './patience.ts'
import { type World, within } from './world.ts'

/** @throws when the answer is not a 2xx. */
export async function call(
  { stack }: World,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const response = await fetch(`${stack.urls.console}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  if (!response.ok) throw new Error(`${method} ${path} answers ${response.status} ${await response.text()}`)
  return response
}

export async function json<Reply>(
  world: World,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply> {
  return (await (await call(world, method, path, body)).json()) as Reply
}

export async function requestExport(world: World, from?: string): Promise<string> {
  const { id } = await json<{ id: string }>(world, 'POST', '/v1/exports', from ? { from } : {})
  return id
}

/** @throws when it fails, or takes longer than `limitMs`. */
export async function waitForExport(world: World, id: string, limitMs = patienceMs): Promise<void> {
  let state = 'unknown'
  const isEnded = await within(limitMs, async () => {
    const row = await json<{ state: string; error: string | null }>(world, 'GET', `/v1/exports/${id}`)
    state = row.error ?? row.state
    return row.state === 'completed' || row.state === 'failed'
  })
  if (!isEnded || state !== 'completed') throw new Error(`Export ${id} is not completed: ${state}`)
}
