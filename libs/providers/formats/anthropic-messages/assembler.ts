import { isObject, type Json, type JsonObject } from '../../json.ts'
import { mergeDelta } from '../../merge-delta.ts'
import { frameJson } from '../../sse.ts'
import type { StreamAssembler } from '../../wire-format.ts'
import { indexOf, typeOf } from './frames.ts'

type Block = { block: JsonObject; inputJson: string }

export function createAnthropicAssembler(): StreamAssembler {
  let message: JsonObject | undefined
  const blocks = new Map<number, Block>()

  function applyDelta(entry: Block, delta: JsonObject): void {
    const { block } = entry
    if (delta.type === 'text_delta') append(block, 'text', delta.text)
    else if (delta.type === 'thinking_delta') append(block, 'thinking', delta.thinking)
    else if (delta.type === 'signature_delta') block.signature = delta.signature
    else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') {
      entry.inputJson += delta.partial_json
    } else if (delta.type === 'citations_delta') {
      block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation ?? null]
    }
  }

  return {
    push(frame) {
      const event = frameJson(frame)
      if (!event) return
      const type = typeOf(frame, event)
      if (type === 'message_start' && isObject(event.message)) message = { ...event.message }
      if (!message) return
      if (type === 'content_block_start') {
        const block = isObject(event.content_block) ? { ...event.content_block } : {}
        blocks.set(indexOf(event), { block, inputJson: '' })
      } else if (type === 'content_block_delta' && isObject(event.delta)) {
        const entry = blocks.get(indexOf(event))
        if (entry) applyDelta(entry, event.delta)
      } else if (type === 'message_delta') {
        if (isObject(event.delta)) Object.assign(message, withoutProto(event.delta))
        if (isObject(event.usage)) {
          const usage = isObject(message.usage) ? { ...message.usage } : {}
          mergeDelta(usage, withoutNulls(event.usage))
          message.usage = usage
        }
      }
    },
    result() {
      if (!message) return undefined
      const content = [...blocks.entries()]
        .toSorted(([a], [b]) => a - b)
        .map(([, entry]) => wholeBlock(entry))
      return { ...message, content }
    },
  }
}

function append(block: JsonObject, field: string, piece: Json | undefined): void {
  if (typeof piece !== 'string') return
  const before = block[field]
  block[field] = (typeof before === 'string' ? before : '') + piece
}

/** Arguments that are not JSON (the stream broke off within them) stay text, so that policy and record still have them. */
function wholeBlock({ block, inputJson }: Block): JsonObject {
  if (inputJson === '') return { ...block }
  try {
    return { ...block, input: JSON.parse(inputJson) as Json }
  } catch {
    return { ...block, input: inputJson }
  }
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}

function withoutProto(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== '__proto__'))
}
