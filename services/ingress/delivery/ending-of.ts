import { type Decision, eventTypes } from '@airs-cp/events'
import { mergeDecisions } from '@airs-cp/policy-engine'
import { listEnding, type WireFormat } from '@airs-cp/providers'
import type { Delivered, Exchange, Judged, Outcome, Relayed, UpstreamFailure } from '../exchange.ts'
import type { RecordedData } from '../recording/recorder.ts'
import { clientHeaders } from '../upstream/headers.ts'
import { blockedError, errorResponse, type RestOfResponse } from './response.ts'

type ClosingType =
  | typeof eventTypes.requestBlocked
  | typeof eventTypes.requestRejected
  | typeof eventTypes.responseAborted
  | typeof eventTypes.responseBlocked
  | typeof eventTypes.responseCompleted
  | typeof eventTypes.responseFailed

type Closing = { [Type in ClosingType]: { type: Type; data: RecordedData<Type> } }[ClosingType]

/** How an exchange ends: what is recorded of it, and what goes to the client once it is. */
export type Ending = {
  /** For metrics and traces. */
  outcome: 'request-blocked' | 'refused' | 'aborted' | 'failed' | 'response-blocked' | 'completed'
  event: Closing
  response: RestOfResponse
}

export type ResponseEnd = {
  exchange: Exchange
  /** The client's. */
  format: WireFormat
  provider: string
  /** The provider's own. */
  providerStatus: number | undefined
  /** In the client's format. */
  relayed: Relayed
  isHeadSent: boolean
  outcome: Outcome
  /** The response is an error, or reports one in mid-stream, whatever its status. */
  reportsError: boolean
  /** On the request. */
  asked: Decision
  /** What a second stage has found in the request since it was decided on. */
  reviewed?: Decision | undefined
  /** Of a complete response. */
  judged: Judged | undefined
  delivered: Delivered | undefined
  nowSeconds: number
}

/**
 * How an exchange whose request went to a provider ends:
 *
 * | relayed                        | event                | the client gets                                            |
 * |--------------------------------|----------------------|------------------------------------------------------------|
 * | the client left                | `response-aborted`   | nothing                                                    |
 * | failed, nothing sent           | `response-failed`    | an error                                                   |
 * | failed between two frames      | `response-failed`    | an error frame, and no terminator                          |
 * | failed behind what completes it | `response-failed`   | that, and a cut connection                                 |
 * | failed elsewhere               | `response-failed`    | a cut connection                                           |
 * | complete, blocked              | `response-blocked`   | an error, or a stream's ending that says it was blocked    |
 * | complete, but its stream has not said so | `response-failed` | what was held back                              |
 * | complete, reports an error, or status 400 and above | `response-failed` | what was held back or rewritten          |
 * | complete                       | `response-completed` | what was held back or rewritten                            |
 */
export function endingOf(end: ResponseEnd): Ending {
  const { relayed, outcome, provider, providerStatus, asked, judged, delivered, reviewed } = end
  const found = reviewed && { decision: reviewed }
  if (relayed.end === 'client-left')
    return {
      outcome: 'aborted',
      event: {
        type: eventTypes.responseAborted,
        data: { ...outcome, status: relayed.status ?? 499, ...found },
      },
      response: 'none',
    }
  if (typeof relayed.end === 'object') {
    const { code, message, status } = relayed.end
    return {
      outcome: 'failed',
      event: {
        type: eventTypes.responseFailed,
        data: {
          ...outcome,
          status: end.isHeadSent ? relayed.status! : status,
          error: { code, message },
          ...found,
        },
      },
      response: failedResponse(end, relayed.end),
    }
  }
  const status = relayed.status!
  const isErrorStatus = status >= 400
  const statusError = {
    code: 'upstream_status',
    message: `Provider ${provider} responded with status ${providerStatus}`,
  }
  if (!judged) {
    const error = statusError
    return {
      outcome: 'failed',
      event: { type: eventTypes.responseFailed, data: { ...outcome, status, error, ...found } },
      response: heldResponse(end, asked),
    }
  }
  const { blockedMessage, rewritten } = judged
  const decision = reviewed ? mergeDecisions(judged.decision, reviewed) : judged.decision
  if (blockedMessage !== undefined)
    return {
      outcome: 'response-blocked',
      event: {
        type: eventTypes.responseBlocked,
        data: { ...outcome, status: relayed.stream ? status : 403, decision },
      },
      response: blockedResponse(end, decision, blockedMessage),
    }
  const data = { ...outcome, status, decision, ...(delivered && { delivered }) }
  const response = rewritten
    ? rewrittenResponse(end, rewritten)
    : heldResponse(end, judged.headers ? decision : asked)
  if (isErrorStatus)
    return {
      outcome: 'failed',
      event: { type: eventTypes.responseFailed, data: { ...data, error: statusError } },
      response,
    }
  const isCutShort = relayed.stream && relayed.follower?.isComplete() === false
  if (!end.reportsError && !isCutShort)
    return { outcome: 'completed', event: { type: eventTypes.responseCompleted, data }, response }
  const error = end.reportsError
    ? {
        code: 'upstream_error',
        message: `Provider ${provider} reported an error under status ${providerStatus}`,
      }
    : {
        code: 'upstream_incomplete',
        message: `The stream of provider ${provider} ended without saying that the response is complete`,
      }
  return {
    outcome: 'failed',
    event: { type: eventTypes.responseFailed, data: { ...data, error } },
    response,
  }
}

/** Statuses whose responses have no body, and no length of it. */
const bodiless = new Set([204, 304])

/** What was held back: the end of the response exactly as the provider sent it. */
function heldResponse(end: ResponseEnd, { action }: Decision): RestOfResponse {
  const { status, stream, held } = end.relayed
  return {
    status: status!,
    headers: {
      ...headersOf(end, action),
      ...(!stream && !bodiless.has(status!) && { 'content-length': String(held.length) }),
    },
    bytes: held,
  }
}

function rewrittenResponse(end: ResponseEnd, bytes: Buffer): RestOfResponse {
  return {
    status: end.relayed.status!,
    headers: { ...headersOf(end, 'redact'), 'content-length': String(bytes.length) },
    bytes,
  }
}

/** None where the head has gone. */
function headersOf({ exchange, relayed, judged, isHeadSent }: ResponseEnd, decision: string) {
  return isHeadSent ? {} : clientHeaders(judged?.headers ?? relayed.headers, exchange, decision)
}

function blockedResponse(end: ResponseEnd, decision: Decision, message: string): RestOfResponse {
  const { exchange, format, relayed, nowSeconds } = end
  const policy = blockingPolicy(decision)
  const error = blockedError({ message, policy, action: 'block' })
  if (!relayed.stream) return errorResponse(exchange, format, error, decision.action)
  const model = relayed.follower?.model() ?? 'unknown'
  const identity = { id: exchange.id, model, createdSeconds: nowSeconds, policy }
  const ending =
    relayed.guard?.blockedEnding(identity, message) ??
    format.createFollower().blockedEnding(identity, message)
  return {
    status: relayed.status!,
    headers: headersOf(end, decision.action),
    // A format without an ending of its own for that has an error.
    bytes: lastFrames(relayed, ending || format.errorFrames(error)),
  }
}

/** The policy that blocked; undefined where what could not be judged was. */
function blockingPolicy({ verdicts, action: done }: Decision): string | undefined {
  return verdicts.find(({ enforced, action }) => enforced && action === done)?.policy
}

/** Frames that end a stream, written as the stream is. */
function lastFrames({ list }: Relayed, events: string): string {
  return list ? listEnding(events, list === 'begun') : events
}

function failedResponse(end: ResponseEnd, { status, code, message }: UpstreamFailure): RestOfResponse {
  const { exchange, format, relayed, isHeadSent, asked } = end
  const error = { status, type: 'server_error', code, message, param: null }
  if (!isHeadSent) return errorResponse(exchange, format, error, asked.action)
  if (!relayed.stream || relayed.isMidFrame) return 'cut'
  // It may hold text, and an error behind it would not be read.
  if (relayed.held.length > 0 && code !== 'upstream_malformed')
    return { status: relayed.status!, headers: {}, bytes: relayed.held, isCut: true }
  const numbered = relayed.guard ? relayed.guard.errorFrames(error) : relayed.follower?.errorFrames?.(error)
  const frames = numbered ?? format.errorFrames(error)
  return { status: relayed.status!, headers: {}, bytes: lastFrames(relayed, frames) }
}
