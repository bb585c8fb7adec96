import {
  type AnyEvent,
  bodyBytes,
  eventTypes,
  type openingTypes,
  type outcomeTypes,
  type RecordedBody,
  referencesIn,
} from '@airs-cp/events'

export type OpeningEvent = Extract<AnyEvent, { type: (typeof openingTypes)[number] }>
export type OutcomeEvent = Extract<AnyEvent, { type: (typeof outcomeTypes)[number] }>

/** An exchange as it was recorded. The events were validated when they were. */
export type RecordedExchange = { opening: OpeningEvent; outcome: OutcomeEvent | undefined }

/** Larger bodies are not assembled: a backtest's memory is bounded. */
export const maxBodyBytes = 64 * 1024 * 1024

/** What the client asked for, and what the provider responded before policy changed it, in the client's format where it was translated. */
export function bodiesOf({ opening, outcome }: RecordedExchange): {
  request: RecordedBody | undefined
  response: RecordedBody | undefined
} {
  return {
    request: opening.data.request.body,
    response:
      outcome?.type === eventTypes.responseCompleted || outcome?.type === eventTypes.responseBlocked
        ? responseBody(outcome.data)
        : undefined,
  }
}

/** What policy judged is the translation, unless that is only here as it was redacted or restored. */
function responseBody({
  body,
  delivered,
}: {
  body?: RecordedBody | undefined
  delivered?: { body: RecordedBody; changes: string[] } | undefined
}): RecordedBody | undefined {
  const isJudged = !delivered?.changes.some((change) => change === 'redacted' || change === 'restored')
  return delivered && isJudged ? delivered.body : body
}

/** Digests of the pieces of a body that stand in other events. */
export function referencesOf(body: RecordedBody | undefined): string[] {
  return referencesIn(body?.parts)
}

/**
 * The text of a body.
 * @throws when it is too large, or a piece is missing or damaged.
 */
export function readBody(body: RecordedBody | undefined, contents: ReadonlyMap<string, Buffer>): string {
  if (!body) return ''
  if (body.bytes > maxBodyBytes) throw new Error('larger than 64 MiB')
  // Of text that stands in the event the digest is the event's business: it is checked where records are verified.
  return body.text ?? bodyBytes(body, (sha256) => contents.get(sha256)).toString('utf8')
}
