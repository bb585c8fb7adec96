import { createRollingHash, type PromptIndex, pairOf } from './prompt-index.ts'

/** Words of what is said, by their number: `from` up to and without `to`. */
export type Run = { from: number; to: number }

/**
 * Follows what is said, word by word, and finds the runs that are the prompt's; those that touch or overlap are one.
 *
 * | the words at the end                                     | a run may begin from                                  |
 * |----------------------------------------------------------|-------------------------------------------------------|
 * | the last one is no word of the prompt                    | the next one                                          |
 * | the last k follow each other in the prompt, two by two   | the first of them, or of the last `length - 1` of them |
 */
export type RunFollower = {
  /** @returns a run that is over: no word that comes can make it longer. */
  push(word: number): Run | undefined
  end(): Run | undefined
  /** A run that may go on. */
  open(): Run | undefined
  /** The first word from which on a run may still come to be. */
  mayBeginAt(): number
}

export function createRunFollower({ hashes, length, places, words, pairs }: PromptIndex): RunFollower {
  const recent = new Int32Array(length)
  const rolled = createRollingHash(length)
  let count = 0
  let before = 0
  let chainFrom = 0
  let from = -1
  let to = -1

  function isRunAt(place: number): boolean {
    for (let index = 0; index < length; index++)
      if (recent[(count - length + index) % length] !== hashes[place + index]) return false
    return true
  }

  const mayBeginAt = () => Math.max(chainFrom, count - length + 1)

  function close(): Run | undefined {
    const run = from < 0 ? undefined : { from, to }
    from = -1
    return run
  }

  return {
    push(word) {
      const follows = chainFrom < count && pairs.has(pairOf(before, word))
      if (!follows) chainFrom = words.has(word) ? count : count + 1
      const slot = count % length
      const hash = rolled(word, recent[slot]!)
      recent[slot] = word
      before = word
      count++
      if (count >= length) {
        const place = places.get(hash)
        if (place !== undefined && isRunAt(place)) {
          if (from < 0) from = count - length
          to = count
          return undefined
        }
      }
      return from >= 0 && mayBeginAt() > to ? close() : undefined
    },
    end: close,
    open: () => (from < 0 ? undefined : { from, to }),
    mayBeginAt,
  }
}
