import { type Json, listOf } from '../json.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Turn } from './turn.ts'

/** One text, a list of texts, or tokens, as completions and embeddings take them. */
export function inputTurns(input: Json | undefined): Turn[] {
  if (typeof input === 'string')
    return input === '' ? [] : [{ kind: 'message', role: 'user', content: input }]
  const list = listOf(input)
  if (list.length === 0) return []
  if (typeof list[0] === 'number') return [{ kind: 'message', role: 'user', content: canonicalJson(list) }]
  return list.flatMap((element) => inputTurns(element))
}
