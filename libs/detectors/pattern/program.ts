import { RE2JS, RE2JSException } from 're2js'

/** Most instructions of a pattern: each may cost a step per character. */
const maxInstructions = 512

/** One instruction of RE2's automaton (see Go's `regexp/syntax.Inst`, whose numbers re2js has). */
export type Instruction = {
  op: number
  out: number
  arg: number
  runes: Int32Array
  matchRune(rune: number): boolean
}

export const operations = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nothing: 7,
  rune: 8,
  rune1: 9,
  anyRune: 10,
  anyRuneButNewline: 11,
} as const

/** Conditions of `emptyWidth`, as bits of its `arg`. */
export const conditions = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const

export type Program = {
  instructions: readonly Instruction[]
  start: number
  /** Whether a match may begin with this character, for the first 128. */
  mayBegin: Uint8Array
}

/** @throws when the pattern is not RE2 syntax or too large. */
export function compileProgram(pattern: string): Program {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause
    throw new Error(`Pattern ${JSON.stringify(pattern)} is not valid RE2: ${cause.message}`, { cause })
  }
  const { inst, start } = compiled.re2Input.prog as unknown as { inst: Instruction[]; start: number }
  if (inst.length > maxInstructions)
    throw new Error(
      `Pattern ${JSON.stringify(pattern)} compiles to ${inst.length} instructions; ${maxInstructions} are allowed. Use smaller repetitions.`,
    )
  return {
    instructions: inst,
    start,
    mayBegin: firstCharacters(inst, start),
  }
}

/** Programs that find what any of some programs finds, as few as the size of one allows. */
export function unionsOf(programs: readonly Program[]): Program[] {
  const groups: Program[][] = []
  for (const program of programs) {
    const group = groups.find((one) => sizeOf([...one, program]) <= maxInstructions)
    if (group) group.push(program)
    else groups.push([program])
  }
  return groups.map((group) => group.reduce(either))
}

/** With an instruction for each to choose it. */
function sizeOf(programs: readonly Program[]): number {
  return programs.reduce((size, { instructions }) => size + instructions.length + 1, 0)
}

/** Finds what one or the other finds; a match says nothing of which. */
function either(first: Program, second: Program): Program {
  const by = first.instructions.length
  const moved = second.instructions.map((instruction): Instruction => {
    const { op, out, arg, runes } = instruction
    const isChoice = op === operations.alternative || op === operations.alternativeMatch
    const matchRune = (rune: number) => instruction.matchRune(rune)
    return { op, out: out + by, arg: isChoice ? arg + by : arg, runes, matchRune }
  })
  const choice = { ...moved[0]!, op: operations.alternative, out: first.start, arg: second.start + by }
  const instructions = [...first.instructions, ...moved, choice]
  const mayBegin = first.mayBegin.map((may, rune) => may | second.mayBegin[rune]!)
  return { instructions, start: instructions.length - 1, mayBegin }
}

/** Whether an instruction that takes a character takes this one. */
export function takesRune(instruction: Instruction, rune: number): boolean {
  switch (instruction.op) {
    case operations.rune:
      return instruction.matchRune(rune)
    case operations.rune1:
      return instruction.runes[0] === rune
    case operations.anyRune:
      return true
    case operations.anyRuneButNewline:
      return rune !== 10
    default:
      return false
  }
}

/** The conditions that hold between two characters; -1 stands for neither end of the text having one. */
export function conditionBetween(before: number, after: number): number {
  let condition = isWord(before) === isWord(after) ? conditions.noWordBoundary : conditions.wordBoundary
  if (before < 0) condition |= conditions.beginText | conditions.beginLine
  else if (before === 10) condition |= conditions.beginLine
  if (after < 0) condition |= conditions.endText | conditions.endLine
  else if (after === 10) condition |= conditions.endLine
  return condition
}

/** RE2's `\b` knows ASCII words. */
export function isWord(rune: number): boolean {
  return (
    (rune >= 97 && rune <= 122) || (rune >= 65 && rune <= 90) || (rune >= 48 && rune <= 57) || rune === 95
  )
}

function firstCharacters(instructions: readonly Instruction[], start: number): Uint8Array {
  const mayBegin = new Uint8Array(128)
  const seen = new Set<number>()
  const pending = [start]
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (seen.has(pc)) continue
    seen.add(pc)
    const instruction = instructions[pc]!
    const { op, out, arg } = instruction
    if (op === operations.alternative || op === operations.alternativeMatch) pending.push(out, arg)
    else if (op === operations.capture || op === operations.emptyWidth || op === operations.nothing)
      pending.push(out)
    else for (let rune = 0; rune < 128; rune++) if (takesRune(instruction, rune)) mayBegin[rune] = 1
  }
  return mayBegin
}
