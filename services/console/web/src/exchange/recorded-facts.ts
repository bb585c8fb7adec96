import type { RecordedEvent } from './queries.ts'

export type Attempt = {
  provider: string
  startedAfterMs: number
  durationMs: number
  status?: number
  error?: string
}

export type Outcome = {
  attempts: Attempt[]
  timing?: { firstByteMs?: number; durationMs: number }
  usage?: {
    inputTokens?: number
    outputTokens?: number
    cachedInputTokens?: number
    reasoningTokens?: number
    estimated: boolean
  }
  cost?: { usdMicros: number; priceDate: string }
  error?: { code: string; message?: string }
  finishReasons?: string[]
  stream?: boolean
}

/** What the outcome event says beside its content; undefined while there is none. */
export function outcomeOf(events: readonly RecordedEvent[]): Outcome | undefined {
  const found = events.map(({ data }) => data as Partial<Outcome> | undefined).find((data) => data?.attempts)
  return found && { ...found, attempts: found.attempts ?? [] }
}

export type Body = {
  mediaType: string
  bytes: number
  sha256: string
  text?: string
  base64?: string
  /** A large body is stored in parts, which other bodies may have in common. */
  parts?: unknown[]
}

/** Each body of an event by where it stands. */
export function bodiesOf(event: RecordedEvent): { name: string; body: Body }[] {
  const data = (event.data ?? {}) as {
    request?: { body?: Body }
    forwarded?: { body?: Body; changes?: string[] }
    body?: Body
    delivered?: { body?: Body; changes?: string[] }
  }
  const all: [string, Body | undefined][] = [
    ['Request, as the client sent it', data.request?.body],
    [`Request, as the provider got it${because(data.forwarded?.changes)}`, data.forwarded?.body],
    ['Response, as the provider sent it', data.body],
    [`Response, as the client got it${because(data.delivered?.changes)}`, data.delivered?.body],
  ]
  return all.flatMap(([name, body]) => (body ? [{ name, body }] : []))
}

function because(changes: string[] | undefined): string {
  return changes && changes.length > 0 ? ` (${changes.join(', ')})` : ''
}
