import { hyphen, isAsciiLetter, isDigit, isWord, plus, space } from '../characters.ts'
import type { Findings } from '../findings.ts'
import { addToMod97 } from './checksum.ts'
import { allDigits, ibanLengths } from './iban-lengths.ts'

/**
 * Reports the IBAN whose check digits start at index `at` of a text, see `codesOf`: two letters of a country before them, that country's length,
 * single spaces, hyphens or a form's pluses between groups, check digits right (ISO 13616).
 */
export function scanIban(codes: Uint16Array, at: number, textLength: number, findings: Findings): void {
  const start = at - 2
  if (start < 0 || !isAsciiLetter(codes[start]!) || !isAsciiLetter(codes[start + 1]!)) return
  if (start > 0 && isWord(codes[start - 1]!)) return
  const country = slotOf(codes[start]!, codes[start + 1]!)
  const length = lengths[country]!
  if (length === 0) return
  if (at + 1 < textLength && !isDigit(codes[at + 1]!)) return
  const ofDigits = isOfDigits[country] === 1
  let count = 2
  let index = at
  while (count < length) {
    const code = codes[index]!
    if (isDigit(code) || (!ofDigits && isAsciiLetter(code))) count++
    else if (!isBetween(code) || !isAlphanumeric(codes[index + 1]!)) break
    index++
  }
  findings.looked(start, index + 1)
  if (count < length || isWord(codes[index]!)) return
  let rest = 0
  for (let place = start + 4; place < index; place++) {
    const code = codes[place]!
    if (!isBetween(code)) rest = addToMod97(rest, code)
  }
  for (let head = start; head < start + 4; head++) rest = addToMod97(rest, codes[head]!)
  if (rest % 97 === 1) findings.found('IBAN', start, index, 0.98)
}

/** By the letters of the country; 0 for those that have no IBAN. */
const lengths = new Uint8Array(32 * 32)
for (const [country, length] of ibanLengths)
  lengths[slotOf(country.charCodeAt(0), country.charCodeAt(1))] = length
const isOfDigits = new Uint8Array(32 * 32)
for (const country of allDigits) isOfDigits[slotOf(country.charCodeAt(0), country.charCodeAt(1))] = 1

function slotOf(first: number, second: number): number {
  return (first & 31) * 32 + (second & 31)
}

function isBetween(code: number): boolean {
  return code === space || code === hyphen || code === plus
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code)
}
