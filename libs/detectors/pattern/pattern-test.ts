import { compileProgram } from './program.ts'

/** Tells whether a pattern in RE2 syntax is found in a text, in time that is linear in it. */
export type PatternTest = {
  matches(text: string): boolean
  /** Roughly, in units of 30 ns or so. */
  stepsPerCharacter: number
}

/** @throws when the pattern is not valid or too large. */
export function createPatternTest(pattern: string): PatternTest {
  const { instructions, test } = compileProgram(pattern)
  return { matches: test, stepsPerCharacter: Math.max(0.25, instructions.length / 32) }
}
