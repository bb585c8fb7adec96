import type { Detection, TextDetector } from '../detector.ts'
import { viewOf } from '../view/view.ts'
import { readWords, type Words } from './words.ts'

/** A prompt of fewer words says nothing that an answer could not say by chance. */
const leastWords = 4

/**
 * Finds what an answer has word by word from a system prompt: at least so many words in a row, whatever their case and what
 * stands between them. Linear in both. A translation, a summary or a cipher of the prompt is not found.
 * @param words of a shorter prompt, all of it.
 */
export function createSystemPromptDetector(prompts: readonly string[], words: number): TextDetector {
  const known = prompts
    .map((prompt) => readWords(viewOf(prompt).text))
    .filter(({ count }) => count >= leastWords)
    .map((prompt) => indexRuns(prompt, Math.min(words, prompt.count)))
  return {
    kind: 'text',
    name: 'system-prompt',
    detect(text, view = viewOf(text)) {
      if (known.length === 0) return []
      const said = readWords(view.text)
      return known
        .flatMap((prompt) => findRuns(said, prompt))
        .map(({ start, end, ...found }) => ({
          ...found,
          start: view.startOf(start),
          end: view.endOf(end - 1),
        }))
        .sort((a, b) => a.start - b.start)
    },
  }
}

/** Where in the prompt each run of `length` words begins, by its hash. */
type Runs = { prompt: Words; length: number; places: Map<number, number> }

function indexRuns(prompt: Words, length: number): Runs {
  const places = new Map<number, number>()
  rollRuns(prompt, length, (hash, first) => {
    if (!places.has(hash)) places.set(hash, first)
  })
  return { prompt, length, places }
}

function findRuns(said: Words, { prompt, length, places }: Runs): Detection[] {
  const detections: Detection[] = []
  let begun = -1
  let coveredTo = -1
  const close = () => {
    if (begun < 0) return
    detections.push({
      type: 'SYSTEM_PROMPT',
      start: said.starts[begun]!,
      end: said.ends[coveredTo - 1]!,
      confidence: confidenceOf(coveredTo - begun, prompt.count),
    })
    begun = -1
  }
  rollRuns(said, length, (hash, first) => {
    const place = places.get(hash)
    if (place === undefined || !sameWords(said, first, prompt, place, length)) return
    if (begun < 0 || first > coveredTo) {
      close()
      begun = first
    }
    coveredTo = first + length
  })
  close()
  return detections
}

/** A short quotation of a long prompt is less of a leak than half of it. */
function confidenceOf(words: number, promptWords: number): number {
  return Math.min(1, 0.6 + 0.4 * (words / Math.min(promptWords, 100)))
}

function sameWords(a: Words, atA: number, b: Words, atB: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (a.hashes[atA + index] !== b.hashes[atB + index]) return false
  }
  return true
}

const base = 0x01000193

/** Calls back with a hash of every run of `length` words, and its first word. */
function rollRuns(
  { hashes, count }: Words,
  length: number,
  found: (hash: number, first: number) => void,
): void {
  let leading = 1
  for (let index = 1; index < length; index++) leading = Math.imul(leading, base)
  let hash = 0
  for (let index = 0; index < count; index++) {
    if (index >= length) hash = (hash - Math.imul(hashes[index - length]!, leading)) | 0
    hash = (Math.imul(hash, base) + hashes[index]!) | 0
    if (index >= length - 1) found(hash, index - length + 1)
  }
}
