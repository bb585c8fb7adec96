import type { Findings } from '../findings.ts'
import { hyphen, isAsciiLetter, isDigit, isWord, space } from './characters.ts'
import { passesMod97 } from './checksum.ts'
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
  const length = ibanLengths.get(text.slice(start, at).toUpperCase())
  if (length === undefined) return
  let account = ''
  let index = start
  while (account.length < length) {
    const code = text.charCodeAt(index)
    if (isDigit(code) || isAsciiLetter(code)) account += text[index]
    else if (!(code === space || code === hyphen) || !isAlphanumeric(text.charCodeAt(index + 1))) break
    index++
    if (account.length === 4 && !(isDigit(text.charCodeAt(at)) && isDigit(text.charCodeAt(at + 1)))) break
  }
  findings.looked(start, index + 1)
  if (account.length < length || isWord(text.charCodeAt(index))) return
  if (passesMod97(account.toUpperCase())) findings.found('IBAN', start, index, 0.98)
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code)
}
