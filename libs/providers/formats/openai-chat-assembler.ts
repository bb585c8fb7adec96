import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { mergeDelta, withoutIndexes } from '../merge-delta.ts'
import { frameJson } from '../sse.ts'
import type { StreamAssembler } from '../wire-format.ts'

/** Of a chunk, what belongs to the chunk and not to the answer. */
const chunkFields = new Set(['choices', 'object', 'obfuscation', '__proto__'])

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
      for (const [key, value] of Object.entries(chunk)) {
        if (!chunkFields.has(key) && value !== null) head[key] = value
      }
      for (const [position, { index, delta, logprobs, ...rest }] of objectsOf(chunk.choices)) {
        const choice = choiceAt(typeof index === 'number' ? index : position)
        if (isObject(delta)) mergeDelta(choice.message as JsonObject, delta)
        if (isObject(logprobs)) mergeDelta(choice, { logprobs })
        for (const [key, value] of Object.entries(rest)) {
          if (value !== null && key !== '__proto__') choice[key] = value
        }
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
