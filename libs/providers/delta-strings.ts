import { createTextCollector } from './collect-texts.ts'
import type { Json, JsonObject } from './json.ts'
import { repeatedFields } from './merge-delta.ts'
import { type FrameText, pointer } from './text-part.ts'

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

/**
 * The strings of a frame's object at fields that its format does not know, as pieces: a provider may send a text of its own there. Each
 * may instead be the same in every frame.
 * @param known fields that are read otherwise, or that come whole.
 * @param path pointer to the object within the frame; `channel` within the response.
 */
export function otherStrings(
  object: JsonObject,
  known: ReadonlySet<string>,
  path: string,
  channel: string,
): FrameText[] {
  const texts: FrameText[] = []
  for (const field in object) {
    const value = object[field]
    if (known.has(field) || repeatedFields.has(field) || value === null || value === undefined) continue
    if (typeof value !== 'string' && typeof value !== 'object') continue
    const at = pointer('', field)
    for (const { path: place, text } of deltaStrings(value))
      texts.push({
        ...{ path: path + at + place, channel: channel + at + place, text, kind: 'text', mayRepeat: true },
      })
  }
  return texts
}
