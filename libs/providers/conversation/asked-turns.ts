import { isObject, type Json, listOf, objectsOf, stringOf } from '../json.ts'
import type { FormatId } from '../wire-format.ts'
import { anthropicTurns } from './anthropic-turns.ts'
import { canonicalJson } from './canonical-json.ts'
import { chatTurns } from './chat-turns.ts'
import { responsesTurns } from './responses-turns.ts'
import type { AskedTurns, Turn } from './turn.ts'

/** What a request of this format says, in order. Tolerates any JSON. */
export function askedTurns(format: FormatId, body: unknown): AskedTurns {
  if (!isObject(body)) return { turns: [] }
  switch (format) {
    case 'openai.chat':
      return { turns: chatTurns([...objectsOf(body.messages)].map(([, message]) => message)) }
    case 'openai.completions':
      return { turns: [...inputTurns(body.prompt), ...inputTurns(body.suffix)] }
    case 'openai.embeddings':
      return { turns: inputTurns(body.input) }
    case 'openai.responses':
    case 'openai.input-tokens': {
      const continues = stringOf(body.previous_response_id)
      return { turns: responsesTurns(body), ...(continues !== undefined && { continues }) }
    }
    case 'anthropic.messages':
    case 'anthropic.count-tokens':
      return { turns: anthropicTurns(body) }
    default:
      return { turns: [] }
  }
}

/** One text, a list of texts, or tokens, as completions and embeddings take them. */
function inputTurns(input: Json | undefined): Turn[] {
  if (typeof input === 'string')
    return input === '' ? [] : [{ kind: 'message', role: 'user', content: input }]
  const list = listOf(input)
  if (list.length === 0) return []
  if (typeof list[0] === 'number') return [{ kind: 'message', role: 'user', content: canonicalJson(list) }]
  return list.flatMap((element) => inputTurns(element))
}
