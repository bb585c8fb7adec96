import { createHash, randomUUID } from 'node:crypto'
import type { Client } from '@airs-cp/client'
import { costUsdMicros, findPrice, priceTable } from '@airs-cp/providers'
import { KeptTree } from '@airs-cp/transparency-log'
import type { Random } from './random.ts'

type Recorded = { id: string; type: string; time: string; subject?: string } & Record<string, unknown>

/** Events of one session, in their order. */
export type RecordedSession = Recorded[]

/** The events of these sessions without content events, which copies share. */
export async function readSessions(
  client: Client,
  sessions: string[],
  from: Date,
): Promise<RecordedSession[]> {
  const wanted = new Set(sessions)
  const bySession = new Map<string, RecordedSession>()
  for await (const { json } of client.events.search({ from, order: 'ascending' })) {
    const event = JSON.parse(json) as Recorded
    const session = event.session as string | undefined
    if (session === undefined || !wanted.has(session) || event.exchange === undefined) continue
    if (event.type === 'airs.content-recorded.v1') continue
    const known = bySession.get(session)
    if (known) known.push(event)
    else bySession.set(session, [event])
  }
  return [...bySession.values()].filter((events) =>
    events.some(({ type }) => type !== 'airs.request-received.v1'),
  )
}

const dayMs = 86_400_000
/** A model that is really asked takes so much longer than the mock. */
const slower = 12

/** Exchanges of a day in relation to other days, by the day of the week, and of an hour, by the hour. */
const weekdays = [0.25, 1, 1.1, 1.15, 1.1, 0.9, 0.3]
const hours = [1, 1, 1, 1, 1, 2, 4, 8, 14, 17, 17, 15, 11, 14, 16, 16, 14, 11, 7, 5, 4, 3, 2, 1]

/** How many of `exchanges` fall on each day of the span that ends at `until`. */
export function shareOut(exchanges: number, from: Date, until: Date): { dayMs: number; exchanges: number }[] {
  const first = Math.floor(from.getTime() / dayMs) * dayMs
  const days = Array.from({ length: Math.ceil((until.getTime() - first) / dayMs) }, (_, index) => {
    const at = first + index * dayMs
    const covered = Math.min(at + dayMs, until.getTime()) - Math.max(at, from.getTime())
    return { dayMs: at, weight: (weekdays[new Date(at).getUTCDay()]! * Math.max(0, covered)) / dayMs }
  })
  const total = days.reduce((sum, { weight }) => sum + weight, 0)
  let left = exchanges
  let leftWeight = total
  return days.map(({ dayMs: at, weight }) => {
    const share = leftWeight <= 0 ? 0 : Math.round((left * weight) / leftWeight)
    left -= share
    leftWeight -= weight
    return { dayMs: at, exchanges: share }
  })
}

/** A time of the day at which people work, within the span. */
function timeOfDay(random: Random, day: number, from: Date, until: Date): number {
  const sum = hours.reduce((total, weight) => total + weight, 0)
  for (let attempt = 0; attempt < 20; attempt++) {
    let hour = 0
    for (let place = random.next() * sum; place >= hours[hour]!; hour++) place -= hours[hour]!
    const at = day + hour * 3_600_000 + random.whole(0, 3_599_999)
    if (at >= from.getTime() && at < until.getTime()) return at
  }
  return Math.max(from.getTime(), Math.min(until.getTime() - 1, day + random.whole(0, dayMs - 1)))
}

/**
 * The lines of a day: copies of recorded sessions with ids, times and a journal of their own, ready to be imported. What was said
 * and what was decided stays as it is. Costs are those of the price table where the mock, which takes no money, has none.
 */
export function copyDay(
  random: Random,
  sessions: readonly RecordedSession[],
  exchanges: number,
  { day, from, until }: { day: number; from: Date; until: Date },
): { lines: string[]; exchanges: number } {
  const journal = randomUUID()
  const copies: Recorded[] = []
  let made = 0
  while (made < exchanges) {
    const session = random.pick(sessions)
    const startMs = timeOfDay(random, day, from, until)
    const copied = copySession(session, startMs, until.getTime())
    copies.push(...copied)
    made += new Set(copied.map(({ exchange }) => exchange)).size
  }
  copies.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
  const source = `/airs/ingress/demo/${journal}`
  return {
    lines: copies.map((event, index) => JSON.stringify({ ...event, source, journal, sequence: index + 1 })),
    exchanges: made,
  }
}

function copySession(session: RecordedSession, startMs: number, untilMs: number): Recorded[] {
  const firstMs = Date.parse(session[0]!.time)
  const name = `${session[0]!.session as string}`.replace(/-[^-]*$/, `-${randomUUID().slice(0, 8)}`)
  const exchanges = new Map<string, string>()
  return session.map(({ traceparent: _, ...event }) => {
    const atMs = Math.min(startMs + slower * (Date.parse(event.time) - firstMs), untilMs - 1)
    const known = exchanges.get(event.exchange as string)
    const exchange = known ?? uuidv7At(atMs)
    exchanges.set(event.exchange as string, exchange)
    return {
      ...event,
      id: uuidv7At(atMs),
      time: new Date(atMs).toISOString(),
      session: name,
      exchange,
      ...(event.subject !== undefined && { subject: exchange }),
      data: copyData(event.data as Data),
    }
  })
}

type Data = Record<string, unknown> & {
  tags?: string[]
  model?: string
  usage?: { inputTokens?: number; outputTokens?: number; estimated: boolean }
  cost?: unknown
  timing?: { firstByteMs?: number; durationMs: number }
  attempts?: { startedAfterMs: number; durationMs: number }[]
}

function copyData(data: Data): Data {
  const { tags, model, usage, cost, timing, attempts } = data
  const price =
    model === undefined ? undefined : findPrice(model.startsWith('claude') ? 'anthropic' : 'openai', model)
  const usdMicros = price && usage ? costUsdMicros(price, usage) : undefined
  return {
    ...data,
    ...(tags && { tags: [...tags, 'demo-history'] }),
    ...(!cost && usdMicros !== undefined && { cost: { usdMicros, priceDate: priceTable.date } }),
    ...(timing && {
      timing: {
        ...(timing.firstByteMs !== undefined && { firstByteMs: timing.firstByteMs * slower }),
        durationMs: timing.durationMs * slower,
      },
    }),
    ...(attempts && {
      attempts: attempts.map((attempt) => ({ ...attempt, durationMs: attempt.durationMs * slower })),
    }),
  }
}

/** A UUIDv7 (RFC 9562) of a time that is over. */
function uuidv7At(ms: number): string {
  const time = Math.floor(ms).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

const batchLines = 1_000
const batchBytes = 2 * 1024 ** 2

/** Imports lines as a file of their own. @returns how many events. */
export async function importLines(client: Client, lines: string[], signal: AbortSignal): Promise<number> {
  if (lines.length === 0) return 0
  const text = `${lines.join('\n')}\n`
  const parts = new KeptTree()
  const texts = inParts(lines)
  for (const part of texts) parts.append(Buffer.from(part))
  const { id } = await client.imports.begin({
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: Buffer.byteLength(text),
    events: lines.length,
    parts: { count: parts.size, root: parts.root().toString('hex') },
  })
  for (const [part, lines] of texts.entries())
    await client.imports.send(id, { part, lines, proof: parts.proof(part) }, { signal })
  return lines.length
}

function inParts(lines: readonly string[]): string[] {
  const parts: string[] = []
  let batch: string[] = []
  let bytes = 0
  const flush = () => {
    if (batch.length > 0) parts.push(`${batch.join('\n')}\n`)
    batch = []
    bytes = 0
  }
  for (const line of lines) {
    if (batch.length >= batchLines || bytes + line.length > batchBytes) flush()
    batch.push(line)
    bytes += Buffer.byteLength(line) + 1
  }
  flush()
  return parts
}
