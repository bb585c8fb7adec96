import { createSystemPromptDetector, type TextDetector } from '@airs-cp/detectors'
import { createRecentTable } from './recent-table.ts'

/** Of all prompts that are remembered; a character takes some twelve bytes, with what is prepared of it. */
const mostCharacters = 1024 * 1024

const remembered = createRecentTable<TextDetector>(mostCharacters / 2, (key) => key.length)

/**
 * The detector of these prompts, prepared once for all exchanges that have them: an agent sends the same prompt with each request.
 * Those that were used lately are remembered, in two generations of at most `mostCharacters` together.
 * @param words in a row that are a match.
 */
export function systemPromptDetector(prompts: readonly string[], words: number): TextDetector {
  const key = `${words} ${prompts.map(({ length }) => length).join()} ${prompts.join('')}`
  const detector = remembered.get(key) ?? createSystemPromptDetector(prompts, words)
  if (key.length <= mostCharacters / 2) remembered.set(key, detector)
  return detector
}
