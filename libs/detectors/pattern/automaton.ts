import { conditionBetween, isWord, operations, type Program, takesRune } from './program.ts'

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
/** A text that leads through more new ones in one search is looked through without. */
const maxMade = 512
const maxKnownRunes = 4096

/**
 * RE2's automaton, made deterministic as far as texts lead through it: a step for each character, whatever the pattern. When states
 * get too many they are forgotten. A text that needs new ones all the time costs at most a step per instruction and character.
 */
export function createSearches(program: Program): () => Search {
  const { instructions, start } = program
  let states = new Map<string, State>()
  let made = 0
  const takers = new Map<number, string>()
  const seen = new Uint32Array(instructions.length)
  let generation = 0
  const pending = new Int32Array(2 * instructions.length + 2)

  function stateOf(pcs: readonly number[], previous: number, isFound: boolean): State {
    const key = `${pcs.join()} ${previous} ${isFound}`
    const known = states.get(key)
    if (known) return known
    if (states.size >= maxStates) forget()
    const state: State = { pcs, previous, isFound, next: [], others: new Map(), atEnd: undefined }
    states.set(key, state)
    made++
    return state
  }

  /** Whoever is in a state that is forgotten goes on from it; the next one begins anew. */
  function forget(): void {
    states = new Map()
    begin.next = []
    begin.others = new Map()
  }

  /**
   * Steps over a character, -1 behind the last one.
   * @param next gets where that leads. @returns whether a match ends before the character.
   */
  function stepOver(pcs: readonly number[], previous: number, rune: number, next: number[]): boolean {
    const condition = conditionBetween(previous, rune)
    generation = (generation + 1) >>> 0
    for (let from = -1; from < pcs.length; from++) {
      let left = 0
      pending[left++] = from < 0 ? start : pcs[from]!
      while (left > 0) {
        const pc = pending[--left]!
        if (seen[pc] === generation) continue
        seen[pc] = generation
        const instruction = instructions[pc]!
        const { op, out } = instruction
        if (op === operations.match) return true
        if (op === operations.alternative || op === operations.alternativeMatch) {
          pending[left++] = out
          pending[left++] = instruction.arg
        } else if (op === operations.capture || op === operations.nothing) pending[left++] = out
        else if (op === operations.emptyWidth) {
          if ((instruction.arg & ~condition) === 0) pending[left++] = out
        } else if (takesRune(instruction, rune)) next.push(out)
      }
    }
    return false
  }

  function step(state: State, rune: number): State {
    const next: number[] = []
    if (stepOver(state.pcs, state.previous, rune, next)) return found
    return stateOf([...new Set(next)].sort(ascending), kindOf(rune), false)
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
    let madeHere = 0
    /** Where it may be, once the text is looked through without states. */
    let pcs: number[] | undefined
    let spare: number[] = []
    let previous = -1

    function takeRune(rune: number): void {
      if (pcs) {
        spare.length = 0
        if (stepOver(pcs, previous, rune, spare)) state = found
        const before = pcs
        pcs = spare
        spare = before
        previous = rune
        return
      }
      const before = made
      state = stepTo(state, rune)
      madeHere += made - before
      if (madeHere <= maxMade || state.isFound) return
      pcs = [...state.pcs]
      previous = rune
    }

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
          const next = pcs ? undefined : state.next[rune]
          if (next) state = next
          else takeRune(rune)
          if (state.isFound) return true
        }
        return false
      },
      end() {
        if (highSurrogate !== '') takeRune(highSurrogate.charCodeAt(0))
        highSurrogate = ''
        if (state.isFound) return true
        if (pcs) return stepOver(pcs, previous, -1, [])
        state.atEnd ??= stepOver(state.pcs, state.previous, -1, [])
        return state.atEnd
      },
    }
  }
}

function ascending(a: number, b: number): number {
  return a - b
}

/** One character of each kind that `^`, `$` and `\b` distinguish. */
function kindOf(rune: number): number {
  if (rune === 10) return 10
  return isWord(rune) ? 97 : 32
}
