import {
  type AnyEvent,
  bodyBytes,
  eventTypes,
  type FindContent,
  type RecordedBody,
  referencesIn,
} from '@airs-cp/events'
import { findFormat, parseObject, readResponseTurns, type Turn } from '@airs-cp/providers'
import { type GraphNode, nodeOfSource, nodeOfTurn } from './graph-nodes.ts'

export type Direction = 'request' | 'response'

/** What one side of an exchange said, in order. */
export type Flow = {
  exchange: string
  session: string
  direction: Direction
  nodes: GraphNode[]
  /** Id of the response, or of the response that a request continues. */
  reference: string | null
  /** How many nodes it had beyond those. */
  omitted: number
}

/** Of one side of an exchange. A history that is longer has its beginning and its end, where what is new stands. */
export const maxNodes = 10_000
const keptFirst = 1_000

/** A side of an exchange whose body is recorded by reference, so that other events are needed to read it. */
export type PendingFlow = Pick<Flow, 'exchange' | 'session' | 'direction'> & { event: string }

/**
 * The side of its exchange that an event has: what the client sent, or what it got. Undefined for events that have none or
 * whose content was erased, and for requests that were rejected, from which nothing came.
 * @param find content by digest; where it is absent, bodies by reference are returned as pending.
 * @throws when content is missing.
 */
export function readFlow(event: AnyEvent, find?: FindContent): Flow | PendingFlow | undefined {
  const side = sideOf(event)
  if (!side) return undefined
  const { direction, body, sources } = side
  if (event.facts !== undefined) return undefined
  const base = { exchange: event.exchange!, session: event.session!, direction }
  if (body?.parts && !find) return { ...base, event: event.id }
  const bytes = body ? bodyBytes(body, find) : Buffer.alloc(0)
  const { turns, reference } = direction === 'request' ? readAsked(side.format, bytes) : readResponded(bytes)
  const kept = keepTurns(turns, Math.max(0, maxNodes - sources.length))
  return {
    ...base,
    reference,
    nodes: [...kept.map(nodeOfTurn), ...sources.map(nodeOfSource)],
    omitted: turns.length - kept.length,
  }
}

function keepTurns(turns: Turn[], most: number): Turn[] {
  if (turns.length <= most) return turns
  const first = Math.min(keptFirst, most)
  return [...turns.slice(0, first), ...turns.slice(turns.length - (most - first))]
}

/** Digests of the pieces that stand in other events. */
export function referencesOf(event: AnyEvent): string[] {
  return referencesIn(sideOf(event)?.body?.parts)
}

export function isPending(flow: Flow | PendingFlow): flow is PendingFlow {
  return 'event' in flow
}

type Side = {
  direction: Direction
  body: RecordedBody | undefined
  format: string | undefined
  sources: string[]
}

function sideOf(event: AnyEvent): Side | undefined {
  switch (event.type) {
    case eventTypes.requestReceived:
    case eventTypes.requestBlocked: {
      const { request, sources } = event.data
      return { direction: 'request', body: request.body, format: request.format, sources }
    }
    case eventTypes.responseCompleted:
    case eventTypes.responseBlocked:
    case eventTypes.responseFailed:
    case eventTypes.responseAborted: {
      const { delivered, body } = event.data
      return { direction: 'response', body: delivered?.body ?? body, format: undefined, sources: [] }
    }
    default:
      return undefined
  }
}

function readAsked(format: string | undefined, bytes: Buffer) {
  const body = bytes.length === 0 ? undefined : parseObject(bytes.toString('utf8'))
  const wire = findFormat(format)
  if (!wire || !body) return { turns: [], reference: null }
  const { turns, continues } = wire.requestTurns(body)
  return { turns, reference: continues ?? null }
}

function readResponded(bytes: Buffer) {
  const { turns, id } = readResponseTurns(bytes)
  return { turns, reference: id ?? null }
}
