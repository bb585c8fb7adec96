import { conditionBetween } from './matcher.ts'
import { type Instruction, operations, type Program, takesRune } from './program.ts'

/** Tells whether a pattern is found in a text that arrives in pieces. */
export type Search = {
  /** @returns whether it is found in what came, whatever follows. */
  push(text: string): boolean
  /** @returns whether it is found in all that came. */
  end(): boolean
}

/** Where the automaton may be behind a character, and where each next one leads. */
type State = {
  pcs: readonly number[]
  /** The character that led here, or one that means the same to `^`, `$` and `\b`. */
  previous: number
  isFound: boolean
  /** By character of the first 128; of others by what takes them. */
  next: (State | undefined)[]
  others: Map<string, State>
  atEnd: boolean | undefined
}

/** A state takes some 1.5 kB. */
const maxStates = 256
const maxKnownRunes = 4096

/**
 * RE2's automaton, made deterministic as far as texts lead through it: a step for each character, whatever the pattern. When states
 * get too many they are forgotten, and are made again as they are needed: a step then costs what the pattern has instructions.
 */
export function createSearches(program: Program): () => Search {
  const { instructions, start } = program
  let states = new Map<string, State>()
  const takers = new Map<number, string>()
  const seen = new Uint32Array(instructions.length)
  let generation = 0

  function stateOf(pcs: number[], previous: number, isFound: boolean): State {
    const key = `${pcs.join()} ${previous} ${isFound}`
    const known = states.get(key)
    if (known) return known
    if (states.size >= maxStates) states = new Map()
    const made: State = { pcs, previous, isFound, next: [], others: new Map(), atEnd: undefined }
    states.set(key, made)
    return made
  }

  /** The instructions that take a character, from where the automaton may be; undefined where a match ends here. */
  function waiting({ pcs, previous }: State, rune: number): number[] | undefined {
    const condition = conditionBetween(previous, rune)
    const found: number[] = []
    generation++
    const pending = [start, ...pcs]
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      if (seen[pc] === generation) continue
      seen[pc] = generation
      const { op, out, arg } = instructions[pc]!
      if (op === operations.match) return undefined
      if (op === operations.alternative || op === operations.alternativeMatch) pending.push(out, arg)
      else if (op === operations.capture || op === operations.nothing) pending.push(out)
      else if (op === operations.emptyWidth) {
        if ((arg & ~condition) === 0) pending.push(out)
      } else if (op !== operations.fail) found.push(pc)
    }
    return found
  }

  function step(state: State, rune: number): State {
    const pcs = waiting(state, rune)
    if (!pcs) return found
    const led = pcs.filter((pc) => takesRune(instructions[pc] as Instruction, rune))
    const next = [...new Set(led.map((pc) => instructions[pc]!.out))].sort((a, b) => a - b)
    return stateOf(next, kindOf(rune), false)
  }

  function stepTo(state: State, rune: number): State {
    if (rune < 128) {
      const next = step(state, rune)
      state.next[rune] = next
      return next
    }
    const by = takersOf(rune)
    const next = state.others.get(by) ?? step(state, rune)
    state.others.set(by, next)
    return next
  }

  function takersOf(rune: number): string {
    const known = takers.get(rune)
    if (known !== undefined) return known
    let by = ''
    for (let pc = 0; pc < instructions.length; pc++) if (takesRune(instructions[pc]!, rune)) by += `${pc},`
    if (takers.size >= maxKnownRunes) takers.clear()
    takers.set(rune, by)
    return by
  }

  const found = stateOf([], -1, true)
  const begin = stateOf([], -1, false)

  return () => {
    let state = begin
    let highSurrogate = ''
    return {
      push(text) {
        if (state.isFound) return true
        const input = highSurrogate + text
        highSurrogate = ''
        const { length } = input
        for (let at = 0; at < length; at++) {
          let rune = input.charCodeAt(at)
          if (rune >= 0xd800 && rune <= 0xdbff) {
            if (at + 1 === length) {
              highSurrogate = input.slice(at)
              break
            }
            const low = input.charCodeAt(at + 1)
            if (low >= 0xdc00 && low <= 0xdfff) {
              rune = (rune - 0xd800) * 0x400 + low - 0xdc00 + 0x10000
              at++
            }
          }
          state = state.next[rune] ?? stepTo(state, rune)
          if (state.isFound) return true
        }
        return false
      },
      end() {
        if (highSurrogate !== '') state = stepTo(state, highSurrogate.charCodeAt(0))
        highSurrogate = ''
        state.atEnd ??= state.isFound || waiting(state, -1) === undefined
        return state.atEnd
      },
    }
  }
}

/** One character of each kind that `^`, `$` and `\b` distinguish. */
function kindOf(rune: number): number {
  if (rune === 10) return 10
  return /\w/.test(String.fromCodePoint(rune)) ? 97 : 32
}
