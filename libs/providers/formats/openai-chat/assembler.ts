import { isObject, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'
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
  const names = createCallNames()
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
        if (isObject(received.delta)) {
          mergeDelta(choice.message as JsonObject, received.delta)
          if (received.delta.tool_calls || received.delta.function_call) names.push(choice, received.delta)
        }
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
          .map(([, choice]) => plainChoice(choice, names.otherCalls(choice))),
        ...rest,
      }
    },
  }
}

function plainChoice(choice: JsonObject, others: JsonObject[]): JsonObject {
  const message = choice.message as JsonObject
  const calls = withoutIndexes(listOf(message.tool_calls))
  if (!Array.isArray(message.tool_calls) && others.length === 0) return { ...choice, message: { ...message } }
  return { ...choice, message: { ...message, tool_calls: [...calls, ...others] } }
}

/** Of the pieces of one name so many are kept. */
const mostPieces = 64

/**
 * Names of calls that came in pieces. Of the official clients Python's joins them, and Node's takes the last: what a client may call
 * besides the last are further calls.
 */
function createCallNames() {
  const pieces = new Map<JsonObject, Map<string, string[]>>()

  function note(choice: JsonObject, place: string, called: unknown): void {
    const name = isObject(called) ? stringOf(called.name) : undefined
    if (!name) return
    const places = pieces.get(choice) ?? new Map<string, string[]>()
    pieces.set(choice, places)
    const known = places.get(place) ?? []
    places.set(place, known)
    if (known.at(-1) !== name && known.length < mostPieces) known.push(name)
  }

  return {
    push(choice: JsonObject, delta: JsonObject) {
      note(choice, 'function_call', delta.function_call)
      for (const [position, { index, function: called, custom }] of objectsOf(delta.tool_calls)) {
        const place = typeof index === 'number' ? index : position
        note(choice, `${place} function`, called)
        note(choice, `${place} custom`, custom)
      }
    },
    otherCalls(choice: JsonObject): JsonObject[] {
      const message = choice.message as JsonObject
      return [...(pieces.get(choice) ?? [])].flatMap(([place, known]) => {
        if (known.length < 2) return []
        const [index, kind] = place.split(' ') as [string, string?]
        const call = kind
          ? [...objectsOf(message.tool_calls)].find(([, it]) => String(it.index) === index)?.[1]
          : { type: 'function', function: message.function_call ?? null }
        const called = call?.[kind ?? 'function']
        if (!call || !isObject(called)) return []
        const { index: _, ...rest } = call
        return [...new Set([...known, known.join('')])]
          .filter((name) => name !== called.name)
          .map((name) => ({ ...rest, [kind ?? 'function']: { ...called, name } }))
      })
    },
  }
}
