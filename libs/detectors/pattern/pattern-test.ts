import { createSearches } from './automaton.ts'
import { compileProgram, type Program, unionsOf } from './program.ts'

/** Tells whether a pattern in RE2 syntax is found in a text, in time that is linear in it. */
export type PatternTest = {
  matches(text: string): boolean
  /** Whether it is found in one of the texts, in slices. */
  matchesAny(texts: Iterable<string>): Generator<undefined, boolean, undefined>
  /** Roughly, in units of 30 ns or so. */
  stepsPerCharacter: number
}

/** A character takes some four nanoseconds, and up to a microsecond where a text is made to be slow. */
const sliceCharacters = 32 * 1024
/** What a text costs beside its characters, in characters. */
const ofText = 32

/** @throws when the pattern is not valid or too large. */
export function createPatternTest(pattern: string): PatternTest {
  return testBy(compileProgram(pattern))
}

/** Tests that find what any of the patterns finds: as few as their size allows. @throws when one is not valid or too large. */
export function createPatternTests(patterns: readonly string[]): PatternTest[] {
  return unionsOf(patterns.map(compileProgram)).map(testBy)
}

function testBy(program: Program): PatternTest {
  const open = createSearches(program)
  const matches = (text: string) => {
    const search = open()
    return search.push(text) || search.end()
  }
  return {
    matches,
    *matchesAny(texts) {
      let left = sliceCharacters
      for (const text of texts) {
        const search = open()
        for (let from = 0; from < text.length; from += sliceCharacters) {
          const piece = text.slice(from, from + sliceCharacters)
          if (search.push(piece)) return true
          left -= piece.length
          if (left > 0) continue
          left = sliceCharacters
          yield
        }
        if (search.end()) return true
        left -= ofText
      }
      return false
    },
    stepsPerCharacter: Math.max(0.25, program.instructions.length / 32),
  }
}
