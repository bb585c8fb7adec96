import { closeParen, dot, hyphen, isDigit, openParen, slash, space } from './characters.ts'

const maxGroups = 10
const maxSeparator = 3
/** One more than any number that is recognized. */
const maxDigits = 24

/**
 * Groups of digits with short separators between them, as numbers are written for people: `+49 (30) 23125-278`.
 * One instance is filled again for each number; it holds no text.
 */
export type DigitRun = {
  groups: number
  /** Per group. */
  start: Int32Array
  length: Int32Array
  /** Per group: the only character between it and the group before; 0 where several stand there. */
  separator: Int32Array
  digits: number
  /** After the last digit. */
  end: number
  /** The character that ended the run; everything before it was looked at. */
  reach: number
}

export function createDigitRun(): DigitRun {
  return {
    groups: 0,
    start: new Int32Array(maxGroups),
    length: new Int32Array(maxGroups),
    separator: new Int32Array(maxGroups),
    digits: 0,
    end: 0,
    reach: 0,
  }
}

/** Fills `run` with the digits from index `from` (a digit) on. Stops at what cannot go on, or at its limits. */
export function readDigitRun(run: DigitRun, text: string, from: number): void {
  run.groups = 0
  run.digits = 0
  let index = from
  let separator = 0
  for (;;) {
    const groupStart = index
    while (isDigit(text.charCodeAt(index)) && run.digits + index - groupStart < maxDigits) index++
    const group = run.groups++
    run.start[group] = groupStart
    run.length[group] = index - groupStart
    run.separator[group] = separator
    run.digits += index - groupStart
    run.end = index
    run.reach = index
    if (run.groups === maxGroups || run.digits >= maxDigits || isCounting(run)) return
    let next = index
    while (next - index < maxSeparator && isSeparator(text.charCodeAt(next))) next++
    run.reach = next
    if (next === index || !isDigit(text.charCodeAt(next))) return
    separator = next - index === 1 ? text.charCodeAt(index) : 0
    index = next
  }
}

/** Three single digits with spaces between them: a list, and no number. */
function isCounting({ groups, length, separator }: DigitRun): boolean {
  return (
    groups >= 3 &&
    length[groups - 1] === 1 &&
    length[groups - 2] === 1 &&
    length[groups - 3] === 1 &&
    separator[groups - 1] === space &&
    separator[groups - 2] === space
  )
}

/** The digits of the first `groups` groups, without what separates them. */
export function digitsOf(run: DigitRun, text: string, groups = run.groups): string {
  let digits = ''
  for (let group = 0; group < groups; group++) {
    const start = run.start[group]!
    digits += text.slice(start, start + run.length[group]!)
  }
  return digits
}

/** Whether the first `lengths.length` groups have exactly these lengths, with one and the same separator out of `allowed`. */
export function hasShape(run: DigitRun, lengths: readonly number[], allowed: readonly number[]): boolean {
  if (run.groups < lengths.length) return false
  for (let group = 0; group < lengths.length; group++) if (run.length[group] !== lengths[group]) return false
  if (lengths.length === 1) return true
  const separator = run.separator[1]!
  if (!allowed.includes(separator)) return false
  for (let group = 2; group < lengths.length; group++) if (run.separator[group] !== separator) return false
  return true
}

/** After the last digit of the first `groups` groups. */
export function endOfGroup(run: DigitRun, groups: number): number {
  return run.start[groups - 1]! + run.length[groups - 1]!
}

function isSeparator(code: number): boolean {
  return (
    code === space ||
    code === hyphen ||
    code === dot ||
    code === slash ||
    code === openParen ||
    code === closeParen ||
    code === 0xa0 ||
    code === 0x2011 ||
    code === 0x2013
  )
}
