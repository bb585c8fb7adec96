import { closeParen, dot, hyphen, isDigit, openParen, plus, slash, space } from '../characters.ts'

const maxGroups = 10
const maxSeparator = 3
/** One more than any number that is recognized. */
const maxDigits = 24

/**
 * Groups of digits with short separators between them, as numbers are written for people: `+49 (30) 23125-278`. Forms and queries have
 * a plus for a space.
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

/**
 * Fills `run` with the digits from index `from` (a digit) on; see `codesOf`. Stops at what cannot go on, or at its limits. Where it holds groups of
 * the same text from the one before on, it goes on from the last of them; `clearDigitRun` comes before another text.
 */
export function readDigitRun(run: DigitRun, codes: Uint16Array, from: number): void {
  let index = from
  let separator = 0
  const last = run.groups - 1
  if (last > 0 && run.start[1] === from) {
    // Without the first; the last may have been cut by a limit.
    index = run.start[last]!
    separator = last === 1 ? 0 : run.separator[last]!
    run.digits -= run.length[0]! + run.length[last]!
    for (let group = 1; group < last; group++) {
      run.start[group - 1] = run.start[group]!
      run.length[group - 1] = run.length[group]!
      run.separator[group - 1] = group === 1 ? 0 : run.separator[group]!
    }
    run.groups = last - 1
  } else clearDigitRun(run)
  for (;;) {
    const groupStart = index
    while (isDigit(codes[index]!) && run.digits + index - groupStart < maxDigits) index++
    const group = run.groups++
    run.start[group] = groupStart
    run.length[group] = index - groupStart
    run.separator[group] = separator
    run.digits += index - groupStart
    run.end = index
    run.reach = index
    if (run.groups === maxGroups || run.digits >= maxDigits || isCounting(run)) return
    let next = index
    if (codes[index] === plus) next++
    else while (next - index < maxSeparator && isSeparator(codes[next]!)) next++
    run.reach = next
    if (next === index || !isDigit(codes[next]!)) return
    separator = next - index === 1 ? codes[index]! : 0
    index = next
  }
}

/** After the digits from index `from` on, of which a group has so many at most. */
export function endOfDigits(codes: Uint16Array, from: number): number {
  let end = from
  while (end - from < maxDigits && isDigit(codes[end]!)) end++
  return end
}

export function clearDigitRun(run: DigitRun): void {
  run.groups = 0
  run.digits = 0
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

/** Whether a plus stands between the first `groups` groups: in a form a space, in a text a sum. */
export function hasPlusBetween(run: DigitRun, groups: number): boolean {
  for (let group = 1; group < groups; group++) if (run.separator[group] === plus) return true
  return false
}

/** After the last digit of the first `groups` groups. */
export function endOfGroup(run: DigitRun, groups: number): number {
  return run.start[groups - 1]! + run.length[groups - 1]!
}

const separators = new Uint8Array(1 << 16)
for (const code of [space, hyphen, dot, slash, openParen, closeParen, 0xa0, 0x2011, 0x2013])
  separators[code] = 1

/** False for the NaN past the end of a text. */
function isSeparator(code: number): boolean {
  return separators[code] === 1
}
