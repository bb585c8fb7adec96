import { randomUUID } from 'node:crypto'
import { patienceMs } from './patience.ts'
import type { SentExchange } from './send-exchange.ts'
import { isReady } from './with-ingress.ts'
import { type World, within } from './world.ts'

/** Waits until the ingress refuses, looks at how it does, and that it says so in its readiness. */
export async function checkRefusals(world: World): Promise<string[]> {
  const problems: string[] = []
  let refused: SentExchange | undefined
  const doesRefuse = await within(patienceMs, async () => {
    const sent = await world.probe()
    if (sent.end === 'refused') refused = sent
    return refused !== undefined
  })
  if (!doesRefuse || !refused) return ['the ingress did not refuse, although it could not record']
  const { status, code, exchange } = refused
  if (status !== 503 || code !== 'audit_unavailable') problems.push(`refused with ${status} ${code}`)
  if (!exchange) problems.push('a refusal has no X-AIRS-Exchange-ID')
  if (!(await within(patienceMs, async () => !(await isReady(world)))))
    problems.push('/readyz says ready while it refuses')
  problems.push(...(await checkShape(world)))
  return problems
}

/**
 * OpenAI's shape, and silence towards the provider. Where a disk is full, the ingress takes a few requests more whenever
 * a segment of its journal is confirmed and makes room: then the next refusal is looked at.
 */
async function checkShape(world: World): Promise<string[]> {
  let problems: string[] | undefined
  const doesRefuse = await within(patienceMs, async () => {
    problems = await problemsOfShape(world)
    return problems !== undefined
  })
  return doesRefuse ? problems! : ['the ingress did not go on refusing, although it could not record']
}

/** Undefined when the request was not refused. */
async function problemsOfShape({ stack, upstream }: World): Promise<string[] | undefined> {
  const marker = randomUUID()
  const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-marker': marker, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'shape' }] }),
  })
  const body = (await response.json()) as { error?: Record<string, unknown> }
  if (response.ok) return undefined
  const problems: string[] = []
  const { message, type, param, code } = body.error ?? {}
  if (
    typeof message !== 'string' ||
    type !== 'server_error' ||
    param !== null ||
    code !== 'audit_unavailable'
  )
    problems.push(`a refusal has the body ${JSON.stringify(body)}`)
  if (upstream.asked.has(marker)) problems.push('the provider was asked although the request was refused')
  return problems
}

/** Waits until the ingress is ready by itself. */
export async function checkRecovered(world: World): Promise<string[]> {
  const isWell = await within(
    patienceMs,
    async () => (await isReady(world)) && (await world.probe()).end === 'finished',
  )
  return isWell ? [] : ['the ingress did not recover by itself']
}
