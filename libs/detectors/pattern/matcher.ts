import { conditionBetween, type Instruction, operations, type Program, takesRune } from './program.ts'

/** Longest match, in UTF-16 code units: an attempt that gets longer is given up. */
export const maxMatch = 1024

export type Match = { start: number; end: number }

/** Finds the matches of a pattern in a text that arrives in pieces. Offsets are those of the whole text. */
export type Matcher = {
  /** Reports what is certain with these characters. */
  push(text: string): Match[]
  end(): Match[]
  /** No match that is still to be reported begins before this index. */
  finalTo(): number
}

/**
 * Runs RE2's automaton over a text, all attempts at once, the earliest first: every character is looked at once, and costs
 * at most a step per instruction. Matches are those that a search from left to right finds, leftmost and by the pattern's
 * preference, without overlap; empty ones are left out.
 */
export function createMatcher(program: Program): Matcher {
  const { instructions, mayBegin } = program
  let threads = createThreads(instructions.length)
  let next = createThreads(instructions.length)
  const seen = new Uint32Array(instructions.length)
  let generation = 0
  /** Matches by start, earliest first. The first is final when no attempt from its start or before is left. */
  let candidates: Match[] = []
  let position = 0
  let previousRune = -1
  let highSurrogate = ''
  let reportedTo = 0

  const addThread = (pc: number, start: number, condition: number, list: Threads): void => {
    if (seen[pc] === generation) return
    seen[pc] = generation
    const instruction = instructions[pc]!
    switch (instruction.op) {
      case operations.fail:
        return
      case operations.alternative:
      case operations.alternativeMatch:
        addThread(instruction.out, start, condition, list)
        addThread(instruction.arg, start, condition, list)
        return
      case operations.emptyWidth:
        if ((instruction.arg & ~condition) === 0) addThread(instruction.out, start, condition, list)
        return
      case operations.capture:
      case operations.nothing:
        addThread(instruction.out, start, condition, list)
        return
      default:
        list.pcs[list.size] = pc
        list.starts[list.size++] = start
    }
  }

  const closed = createThreads(instructions.length)

  const step = (rune: number, width: number): void => {
    if (threads.size === 0 && rune >= 0 && rune < 128 && mayBegin[rune] === 0) {
      previousRune = rune
      position += width
      return
    }
    const condition = conditionBetween(previousRune, rune)
    generation++
    closed.size = 0
    for (let index = 0; index < threads.size; index++) {
      const start = threads.starts[index]!
      if (position - start <= maxMatch) addThread(threads.pcs[index]!, start, condition, closed)
    }
    addThread(program.start, position, condition, closed)

    next.size = 0
    let cut = -1
    for (let index = 0; index < closed.size; index++) {
      const start = closed.starts[index]!
      if (start === cut) continue
      const pc = closed.pcs[index]!
      const instruction = instructions[pc] as Instruction
      if (instruction.op === operations.match) {
        if (start === position) continue
        record(start, position)
        cut = start
      } else if (rune >= 0 && takesRune(instruction, rune)) {
        next.pcs[next.size] = instruction.out
        next.starts[next.size++] = start
      }
    }
    const swap = threads
    threads = next
    next = swap
    previousRune = rune
    position += width
  }

  const record = (start: number, end: number): void => {
    let at = candidates.length
    while (at > 0 && candidates[at - 1]!.start > start) at--
    const known = candidates[at - 1]
    if (known?.start === start) known.end = end
    else candidates.splice(at, 0, { start, end })
  }

  const settle = (matches: Match[]): void => {
    for (let first = candidates[0]; first !== undefined; first = candidates[0]) {
      if (threads.size > 0 && threads.starts[0]! <= first.start) return
      matches.push(first)
      const { end } = first
      reportedTo = end
      candidates = candidates.filter(({ start }) => start >= end)
      let kept = 0
      for (let index = 0; index < threads.size; index++) {
        if (threads.starts[index]! < end) continue
        threads.pcs[kept] = threads.pcs[index]!
        threads.starts[kept++] = threads.starts[index]!
      }
      threads.size = kept
    }
  }

  return {
    push(text) {
      const matches: Match[] = []
      const input = highSurrogate + text
      let index = 0
      while (index < input.length) {
        const isLast = index + 1 === input.length
        // Optimised by V8 13.6, codePointAt reads on behind the end of a string that is a slice of another.
        const rune = isLast ? input.charCodeAt(index) : input.codePointAt(index)!
        const width = rune > 0xffff ? 2 : 1
        if (isLast && rune >= 0xd800 && rune <= 0xdbff) break
        step(rune, width)
        if (candidates.length > 0) settle(matches)
        index += width
      }
      highSurrogate = input.slice(index)
      return matches
    },
    end() {
      const matches: Match[] = []
      if (highSurrogate !== '') step(highSurrogate.charCodeAt(0), 1)
      step(-1, 0)
      threads.size = 0
      settle(matches)
      return matches
    },
    finalTo() {
      let first = Math.max(position, reportedTo)
      if (threads.size > 0) first = Math.min(first, threads.starts[0]!)
      return candidates[0] ? Math.min(first, candidates[0].start) : first
    },
  }
}

type Threads = { pcs: Uint32Array; starts: Float64Array; size: number }

function createThreads(capacity: number): Threads {
  return { pcs: new Uint32Array(capacity), starts: new Float64Array(capacity), size: 0 }
}
