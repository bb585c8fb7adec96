import type { Findings } from '../findings.ts'
import { hyphen, isAsciiLetter, isDigit, isWord, space } from './characters.ts'
import { addToMod97 } from './checksum.ts'
import { ibanLengths } from './iban-lengths.ts'

/**
 * Reports the IBAN whose check digits start at index `at`: two letters of a country before them, that country's length,
 * single spaces or hyphens between groups, check digits right (ISO 13616).
 */
export function scanIban(text: string, at: number, findings: Findings): void {
  const start = at - 2
  if (start < 0 || !isAsciiLetter(text.charCodeAt(start)) || !isAsciiLetter(text.charCodeAt(start + 1)))
    return
  if (isWord(text.charCodeAt(start - 1))) return
  const length = lengths[slotOf(text, start)]!
  if (length === 0) return
  let count = 0
  let rest = 0
  let index = start
  while (count < length) {
    const code = text.charCodeAt(index)
    if (isDigit(code) || isAsciiLetter(code)) {
      if (++count > 4) rest = addToMod97(rest, code)
    } else if (!(code === space || code === hyphen) || !isAlphanumeric(text.charCodeAt(index + 1))) break
    index++
    if (count === 4 && !(isDigit(text.charCodeAt(at)) && isDigit(text.charCodeAt(at + 1)))) break
  }
  findings.looked(start, index + 1)
  if (count < length || isWord(text.charCodeAt(index))) return
  for (let head = start; head < start + 4; head++) rest = addToMod97(rest, text.charCodeAt(head))
  if (rest % 97 === 1) findings.found('IBAN', start, index, 0.98)
}

/** By the letters of the country; 0 for those that have no IBAN. */
const lengths = new Uint8Array(32 * 32)
for (const [country, length] of ibanLengths) lengths[slotOf(country, 0)] = length

function slotOf(text: string, start: number): number {
  return (text.charCodeAt(start) & 31) * 32 + (text.charCodeAt(start + 1) & 31)
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code)
}
