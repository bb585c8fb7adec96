import type { SseFrame } from '../sse.ts'
import type { FrameText } from '../text-part.ts'
import type { WireFormat } from '../wire-format.ts'
import { countTokens } from './count-tokens.ts'

/** So much text of a string is counted at once, and held until then. */
const batchCharacters = 1024
/** A longer text is counted in batches, of which most are left out. */
const longestBatch = 2 * batchCharacters
const maxHeldCharacters = 16 * batchCharacters
/** After so much counted text only every eighth batch is counted, after twice as much only every sixty-fourth. */
const countedCharacters = 64 * 1024

/** Counts the tokens of a streamed response as it comes, for providers that do not report them and streams that break off. */
export type StreamTokenCounter = {
  push(frame: SseFrame): void
  tokens(): number
}

export function createStreamTokenCounter({ frameTexts }: Pick<WireFormat, 'frameTexts'>): StreamTokenCounter {
  const pending = new Map<string, string>()
  let held = 0
  let characters = 0
  let counted = 0
  let tokens = 0
  let batches = 0

  /** A frame that cannot be read through, such as one that nests too deep, counts for nothing: others judge it. */
  function textsOf(frame: SseFrame): FrameText[] {
    try {
      return frameTexts(frame)
    } catch {
      return []
    }
  }

  function count(batch: string): void {
    batches += 1
    const every = counted > 2 * countedCharacters ? 64 : counted > countedCharacters ? 8 : 1
    if (batches % every !== 0) return
    counted += batch.length
    tokens += countTokens(batch)
  }

  function countAll(): void {
    for (const rest of pending.values()) count(rest)
    pending.clear()
    held = 0
  }

  return {
    push(frame) {
      for (const { channel, text, whole } of textsOf(frame)) {
        if (whole) continue
        characters += text.length
        held += text.length
        let rest = (pending.get(channel) ?? '') + text
        while (rest.length >= batchCharacters) {
          const most = rest.slice(0, longestBatch)
          const end = most.lastIndexOf(' ')
          const batch = end > 0 ? most.slice(0, end) : most
          count(batch)
          held -= batch.length
          rest = rest.slice(batch.length)
        }
        pending.set(channel, rest)
      }
      if (held > maxHeldCharacters) countAll()
    },
    tokens() {
      countAll()
      return counted === 0 ? 0 : Math.round((tokens * characters) / counted)
    },
  }
}
