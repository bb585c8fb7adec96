import { isObject, type JsonObject, listOf } from '../../json.ts'
import { mergeDelta, withoutIndexes } from '../../merge-delta.ts'
import { frameJson } from '../../sse.ts'
import type { StreamAssembler } from '../../wire-format.ts'

/** Of a chunk, what belongs to the chunk and not to the response. */
const chunkFields = new Set(['choices', 'object', 'obfuscation', '__proto__'])
/** Of a choice, what is put together otherwise. */
const choiceFields = new Set(['index', 'delta', 'logprobs', '__proto__'])

export function createChatAssembler(): StreamAssembler {
  const head: JsonObject = {}
  const choices = new Map<number, JsonObject>()
  let seen = false

  function choiceAt(index: number): JsonObject {
    const known = choices.get(index)
    if (known) return known
    const message = { role: 'assistant', content: null, refusal: null }
    const choice = { index, message, logprobs: null, finish_reason: null }
    choices.set(index, choice)
    return choice
  }

  return {
    push(frame) {
      const chunk = frameJson(frame)
      if (!chunk || isObject(chunk.error)) return
      seen = true
      for (const key in chunk) if (!chunkFields.has(key) && chunk[key] !== null) head[key] = chunk[key]!
      for (const [position, received] of listOf(chunk.choices).entries()) {
        if (!isObject(received)) continue
        const choice = choiceAt(typeof received.index === 'number' ? received.index : position)
        if (isObject(received.delta)) mergeDelta(choice.message as JsonObject, received.delta)
        if (isObject(received.logprobs)) mergeDelta(choice, { logprobs: received.logprobs })
        for (const key in received)
          if (!choiceFields.has(key) && received[key] !== null) choice[key] = received[key]!
      }
    },
    result() {
      if (!seen) return undefined
      const { id, created, model, ...rest } = head
      return {
        id,
        object: 'chat.completion',
        created,
        model,
        choices: [...choices.entries()]
          .toSorted(([a], [b]) => a - b)
          .map(([, choice]) => plainChoice(choice)),
        ...rest,
      }
    },
  }
}

function plainChoice(choice: JsonObject): JsonObject {
  const message = choice.message as JsonObject
  if (!Array.isArray(message.tool_calls)) return { ...choice, message: { ...message } }
  return { ...choice, message: { ...message, tool_calls: withoutIndexes(message.tool_calls) } }
}
