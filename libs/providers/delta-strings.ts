import { createTextCollector } from './collect-texts.ts'
import type { Json } from './json.ts'
import { repeatedFields } from './merge-delta.ts'

/**
 * The strings of a delta, at any depth: each is a piece of the string at the same place of the deltas before it.
 * Without words that a provider may repeat in every frame.
 * @returns JSON pointers within the delta.
 * @throws where it nests too deep to be read through.
 */
export function deltaStrings(delta: Json): { path: string; text: string }[] {
  const collector = createTextCollector()
  collector.every(delta, '', { role: 'assistant', kind: 'text' })
  return collector.parts.filter(
    ({ path, text }) => text !== '' && !repeatedFields.has(path.slice(path.lastIndexOf('/') + 1)),
  )
}
