import type { Usage } from '@airs-cp/events'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { frameJson, isDone, sseText } from '../../sse.ts'
import type { StreamFollower } from '../../wire-format.ts'
import { violation } from './error.ts'
import { openaiUsage } from './usage.ts'

/** What chunks of chat and of completions do differently. */
export type ChoiceChunks = {
  object: string
  /** The choice that ends in `content_filter`; `begun` reports whether the client has seen that choice. */
  blocked(index: number, begun: boolean, message: string): JsonObject
}

/**
 * A chunk that may say more than another piece of text: a finish reason or usage that is not null, a choice besides the
 * first, an error, the end, or a name that is written with escapes. Parsing all the others would be most of what following a stream costs.
 */
const decisive = /"(?:finish_reason|usage)"\s*:\s*[^n\s]|"index"\s*:\s*[^0\s]|\\u|^\[|"error"/

export function createChoiceFollower(chunks: ChoiceChunks): StreamFollower {
  let head: JsonObject | undefined
  let usage: Usage | undefined
  const open = new Set<number>()
  const finished = new Map<number, string>()
  let isEnded = false

  const frame = (choice: JsonObject, identity: JsonObject) => sseText({ ...identity, choices: [choice] })

  return {
    push(sseFrame) {
      if (head && open.size + finished.size > 0 && !decisive.test(sseFrame.data)) return
      isEnded ||= isDone(sseFrame)
      const chunk = frameJson(sseFrame)
      if (!chunk) return
      isEnded ||= isObject(chunk.error)
      // Some servers give no id in any chunk; Azure gives none in a first one that has no choice either.
      if (!head && (chunk.id || [...objectsOf(chunk.choices)].length > 0)) {
        const { id, created, model, system_fingerprint, service_tier } = chunk
        head = { id, object: chunks.object, created, model, service_tier, system_fingerprint }
      }
      usage = openaiUsage(chunk) ?? usage
      for (const [position, choice] of objectsOf(chunk.choices)) {
        const index = typeof choice.index === 'number' ? choice.index : position
        if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
          open.delete(index)
          finished.set(index, choice.finish_reason)
        } else if (!finished.has(index)) open.add(index)
      }
    },
    model: () => stringOf(head?.model),
    usage: () => usage,
    finishReasons: () => [...finished.entries()].toSorted(([a], [b]) => a - b).map(([, reason]) => reason),
    isComplete: () => isEnded || (open.size === 0 && finished.size > 0),
    blockedEnding({ id, model, createdSeconds, policy }, message) {
      const airs = violation(message, policy)
      const identity = { ...(head ?? { id, object: chunks.object, created: createdSeconds, model }), airs }
      const begun = open.size + finished.size > 0
      const indexes = open.size > 0 ? [...open] : begun ? [...finished.keys()] : [0]
      const frames = indexes.map((index) => frame(chunks.blocked(index, begun, message), identity))
      return `${frames.join('')}data: [DONE]\n\n`
    },
  }
}
