import { colon, dot, hyphen, isDigit, isWord, plus } from '../characters.ts'
import type { Findings } from '../findings.ts'

const small = 1
const capital = 2
const number = 4

/** Hexadecimal digits by kind; 0 for anything else. */
const kinds = new Uint8Array(1 << 16)
for (const digit of '0123456789') kinds[digit.charCodeAt(0)] = number
for (const letter of 'abcdef') kinds[letter.charCodeAt(0)] = small
for (const letter of 'ABCDEF') kinds[letter.charCodeAt(0)] = capital

/** Lengths of MD5, SHA-1, SHA-256 and SHA-512 as text. */
const digestLengths = new Set([32, 40, 64, 128])
const leastDigest = 32
const longestDigest = 128
/** After the first eight digits of a UUID come groups of so many. */
const uuidGroups = [4, 4, 4, 12]

/**
 * After the UUID, digest or timestamp that begins at `index`, where no word character stands before: no value of a person's, and
 * no part of it is one. 0 for anything else.
 */
export function machineTokenEnd(
  codes: Uint16Array,
  index: number,
  length: number,
  findings: Findings,
): number {
  if (index + leastDigest < length && !mayBeMachineToken(codes, index)) return 0
  let end = index
  let seen = 0
  while (end < length && end - index <= longestDigest && kinds[codes[end]!] !== 0)
    seen |= kinds[codes[end++]!]!
  const digits = end - index
  if (end === length) {
    // A continuation may make it one.
    findings.looked(index, length)
    return 0
  }
  if (codes[end] === hyphen) {
    if (digits === 8) return uuidEnd(codes, index, length, findings)
    return digits === 4 && seen === number ? timestampEnd(codes, index, length, findings) : 0
  }
  return seen === (small | number) && digestLengths.has(digits) && !isWord(codes[end]!) ? end : 0
}

/** By a few of the characters from `index` on, all of which are in the text: where a UUID or a timestamp has a hyphen, or a digest its digits. */
function mayBeMachineToken(codes: Uint16Array, index: number): boolean {
  if (codes[index + 4] === hyphen || codes[index + 8] === hyphen) return true
  return kinds[codes[index + 4]!] !== 0 && kinds[codes[index + leastDigest - 1]!] !== 0
}

function uuidEnd(codes: Uint16Array, index: number, length: number, findings: Findings): number {
  let at = index + 8
  for (const group of uuidGroups) {
    if (at < length && codes[at] !== hyphen) return 0
    at++
    for (const end = at + group; at < end; at++) if (at < length && kinds[codes[at]!] === 0) return 0
  }
  findings.looked(index, at)
  return at < length && (isWord(codes[at]!) || codes[at] === hyphen) ? 0 : at <= length ? at : 0
}

/** `2026-03-14T09:26:53`, with a fraction and a zone or without: RFC 3339. */
const pattern = '0000-00-00T00:00:00'
const longestFraction = 9

function timestampEnd(codes: Uint16Array, index: number, length: number, findings: Findings): number {
  let at = index
  for (let place = 0; place < pattern.length; place++, at++) {
    if (at >= length) break
    const code = codes[at]!
    const wanted = pattern.charCodeAt(place)
    if (wanted === 48 ? !isDigit(code) : code !== wanted && !(wanted === 84 && code === 32)) return 0
  }
  if (at < length && codes[at] === dot) {
    const fraction = ++at
    while (at < length && at - fraction <= longestFraction && isDigit(codes[at]!)) at++
  }
  if (at < length && codes[at] === 90) at++
  else if (at < length && (codes[at] === plus || codes[at] === hyphen)) {
    for (const wanted of '00:00') {
      at++
      if (at >= length) break
      if (wanted === ':' ? codes[at] !== colon : !isDigit(codes[at]!)) return 0
    }
    if (at < length) at++
  }
  findings.looked(index, at)
  return at >= length || isWord(codes[at]!) ? 0 : at
}
