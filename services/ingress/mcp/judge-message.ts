import { atOnce, type Slices } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  createScanCache,
  type Direction,
  decideUnseen,
  type Evaluation,
  enforces,
  evaluateByLength,
  inTurns,
  looksAt,
  type McpFacts,
  mostAtOnce,
  noTools,
  type Subject,
  type Throttle,
} from '@airs-cp/policy-engine'
import {
  askRequest,
  editTexts,
  type JsonObject,
  keyConflictInSlices,
  mcpFormat,
  type ReadTexts,
  requestTextsInSlices,
  responseTextsInSlices,
} from '@airs-cp/providers'
import { subjectOf } from '../decision/policy-inputs.ts'
import type { Exchange } from '../exchange.ts'
import type { McpServer } from './servers.ts'

/** What policy made of one message. */
export type JudgedMessage = {
  evaluation: Evaluation
  /** What it says, where policies look at it. */
  texts: ReadTexts['texts']
  /** The message as it may go on, where policy changed it. */
  edited: string | undefined
  /** A policy enforces, and two readers could read the message in two ways. */
  conflict: string | undefined
}

export type MessageToJudge = {
  set: CompiledPolicySet
  /** `request`: to the server, written by a model or its app. `response`: from the server, and untrusted. */
  direction: Direction
  exchange: Exchange
  server: McpServer
  facts: McpFacts
  json: JsonObject
  /** The text that it was parsed from. */
  written: string
}

/** Judges messages in either direction by the policies that judge models; what was scanned before is not scanned again. */
export function createMessageJudge(
  digestKey: string,
  throttle: Throttle,
): (message: MessageToJudge) => JudgedMessage | Promise<JudgedMessage> {
  const cache = createScanCache(digestKey)
  return (message) => {
    const slices = judgeInSlices(message)
    return message.written.length > mostAtOnce ? inTurns(slices) : atOnce(slices)
  }

  function* judgeInSlices({
    set,
    direction,
    exchange,
    server,
    facts,
    json,
    written,
  }: MessageToJudge): Slices<JudgedMessage> {
    const subject = mcpSubject(exchange, server)
    if (!looksAt(set, direction, subject)) {
      const evaluation = decideUnseen(set, direction, subject, Object.keys(json).length > 0)
      return { evaluation, texts: [], edited: undefined, conflict: undefined }
    }
    const isEnforced = enforces(set, direction, subject)
    const conflict = isEnforced ? (yield* keyConflictInSlices(written, mcpFormat.fields))?.message : undefined
    const read =
      direction === 'request'
        ? yield* requestTextsInSlices(mcpFormat, json, written)
        : yield* responseTextsInSlices(mcpFormat, json, written)
    const asked = askRequest({
      ...{ format: mcpFormat, path: exchange.path, stream: false, sources: exchange.sources },
      body: () => json,
      texts: () => read.texts,
      unscanned: () => read.unscanned,
    })
    const context = {
      ...asked,
      ...(direction === 'response' && { tools: () => noTools }),
      ...{ cache, mcp: facts },
      // What may be read in two ways is refused, and counts against no limit.
      ...(conflict === undefined && { throttle }),
    }
    const texts = conflict === undefined ? read.texts : []
    const evaluation = yield* evaluateByLength(set, direction, subject, texts, digestKey, context)
    const isEdited = !evaluation.blockedBy && evaluation.edits.length > 0
    return {
      evaluation,
      texts: read.texts,
      edited: isEdited ? editTexts(written, read.texts, evaluation.edits) : undefined,
      conflict,
    }
  }
}

/** What policies are matched against. */
export function mcpSubject(exchange: Exchange, { provider, name }: McpServer): Subject {
  return subjectOf(exchange, { providers: [provider], server: name })
}
