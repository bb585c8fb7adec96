import type { Usage } from '@airs-cp/events'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, sseText } from '../../sse.ts'
import type { StreamFollower } from '../../wire-format.ts'
import { geminiUsage } from '../gemini/usage.ts'

export function finishReasonsOf(json: JsonObject): string[] {
  const reasons = [...objectsOf(json.candidates)].flatMap(
    ([, { finishReason }]) => stringOf(finishReason) ?? [],
  )
  const blocked = isObject(json.promptFeedback) ? stringOf(json.promptFeedback.blockReason) : undefined
  return blocked === undefined ? reasons : [...reasons, blocked]
}

/** Gemini's streams have no terminator: one is complete when each of its candidates has said why it ended. */
export function createGeminiFollower(): StreamFollower {
  let model: string | undefined
  let responseId: string | undefined
  let usage: Usage | undefined
  let failed = false
  const open = new Set<number>()
  const reasons = new Map<number, string>()
  let blocked: string | undefined
  return {
    push(frame) {
      const json = frameJson(frame)
      if (!json) return
      model = stringOf(json.modelVersion) ?? model
      responseId = stringOf(json.responseId) ?? responseId
      usage = geminiUsage(json) ?? usage
      failed ||= isObject(json.error)
      if (isObject(json.promptFeedback)) blocked = stringOf(json.promptFeedback.blockReason) ?? blocked
      for (const [, { index, finishReason }] of objectsOf(json.candidates)) {
        const place = typeof index === 'number' ? index : 0
        open.add(place)
        const reason = stringOf(finishReason)
        if (reason !== undefined) reasons.set(place, reason)
      }
    },
    model: () => model,
    usage: () => usage,
    finishReasons: () => [...reasons.values(), ...(blocked === undefined ? [] : [blocked])],
    isComplete: () =>
      failed || blocked !== undefined || (open.size > 0 && [...open].every((one) => reasons.has(one))),
    blockedEnding({ id, model: asked }, message) {
      const left = [...open].filter((one) => !reasons.has(one))
      const ended = left.length > 0 ? left : open.size > 0 ? [...open] : [0]
      const candidates = ended.map((index) => ({
        content: { role: 'model', parts: [{ text: '' }] },
        ...{ index, finishReason: 'PROHIBITED_CONTENT', finishMessage: message },
      }))
      return sseText({ candidates, modelVersion: model ?? asked, responseId: responseId ?? id })
    },
  }
}
