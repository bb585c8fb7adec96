import { createSystemPromptDetector, type TextDetector } from '@airs-cp/detectors'

/** Of all prompts that are remembered; a character takes some twelve bytes, with what is prepared of it. */
const mostCharacters = 1024 * 1024

let recent = new Map<string, TextDetector>()
let older = new Map<string, TextDetector>()
let recentCharacters = 0

/**
 * The detector of these prompts, prepared once for all exchanges that have them: an agent sends the same prompt with each request.
 * Those that were used lately are remembered, in two generations of at most `mostCharacters` together.
 * @param words in a row that are a match.
 */
export function systemPromptDetector(prompts: readonly string[], words: number): TextDetector {
  const key = `${words} ${prompts.map(({ length }) => length).join()} ${prompts.join('')}`
  const known = recent.get(key)
  if (known) return known
  const detector = older.get(key) ?? createSystemPromptDetector(prompts, words)
  if (key.length > mostCharacters / 2) return detector
  if (recentCharacters + key.length > mostCharacters / 2) {
    older = recent
    recent = new Map()
    recentCharacters = 0
  }
  recent.set(key, detector)
  recentCharacters += key.length
  return detector
}
