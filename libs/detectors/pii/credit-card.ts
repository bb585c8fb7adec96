import { dot, hyphen, isDigit, isWord, plus, space } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { createContextWords } from './context-words.ts'
import { type DigitRun, digitsOf, endOfGroup, hasShape } from './digit-run.ts'
import { isInsideAccount } from './surroundings.ts'

/** Lengths of the groups of digits. */
export const cardShapes: readonly (readonly number[])[] = [
  [19],
  [18],
  [17],
  [16],
  [15],
  [14],
  [13],
  [12],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
]
const separators = [space, hyphen, plus]
/** By the length of the first group, which has 24 digits at most. */
const shapesByFirst = Array.from({ length: 25 }, (_, first) =>
  cardShapes.filter((shape) => shape[0] === first),
)

const contextOf = createContextWords(
  'card|cards|cc|pan|visa|mastercard|amex|diners|discover|maestro|credit|debit|payment|kreditkarte|carte|tarjeta',
  'order|orders|tracking|track|meeting|isbn|id|seq|serial|span|trace|ts|timestamp|created|updated|invoice|sku|imei|part|barcode|ean|upc|gtin|checksum|luhn',
)

/** Payment card numbers: a known issuer range and length (ISO/IEC 7812), Luhn's check, and digits grouped as on a card. */
export function scanCreditCard(
  text: string,
  codes: Uint16Array,
  run: DigitRun,
  isBare: boolean,
  findings: Findings,
): void {
  if (run.digits < 12 || run.length[0]! < 4) return
  const start = run.start[0]!
  const before = codeBefore(codes, start)
  if (isWord(before) || ((before === dot || before === hyphen) && isWord(codeBefore(codes, start - 1))))
    return
  for (const shape of shapesByFirst[run.length[0]!]!) {
    if (!hasShape(run, shape, separators)) continue
    const end = endOfGroup(run, shape.length)
    const after = codes[end]!
    findings.looked(start, end + 1)
    if (isWord(after) || (after === dot && isDigit(codes[end + 1]!))) continue
    if (!mayBeIssuer(codes[start]!)) continue
    if (!passesLuhn(run, codes, shape.length)) continue
    const digits = digitsOf(run, text, shape.length)
    if (!hasIssuer(digits)) continue
    if (!isBare && isInsideAccount(text, start)) return
    const context = isBare ? 'none' : contextOf(codes, start)
    const usual = digits.length >= 15 || digits.charCodeAt(0) === 0x33
    const confidence =
      context === 'wanted' ? 0.99 : context === 'unwanted' || digits.length === 12 ? 0.3 : usual ? 0.9 : 0.6
    findings.found('CREDIT_CARD', start, end, confidence)
    return
  }
}

/** ISO/IEC 7812 over the digits of the first `groups` groups, without putting them together. */
function passesLuhn(run: DigitRun, codes: Uint16Array, groups: number): boolean {
  let sum = 0
  let double = false
  for (let group = groups - 1; group >= 0; group--) {
    const start = run.start[group]!
    for (let index = start + run.length[group]! - 1; index >= start; index--) {
      const digit = codes[index]! - 48
      sum += double ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit
      double = !double
    }
  }
  return sum % 10 === 0
}

/** No issuer's numbers begin with 0, 7 or 9. */
function mayBeIssuer(first: number): boolean {
  return first !== 48 && first !== 55 && first !== 57
}

function hasIssuer(digits: string): boolean {
  const six = Number(digits.slice(0, 6))
  const two = Math.floor(six / 10_000)
  const three = Math.floor(six / 1_000)
  const four = Math.floor(six / 100)
  const { length } = digits
  if (two >= 40 && two <= 49) return length === 16 || length === 13 || length === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16
  if (two === 34 || two === 37) return length === 15
  if ((three >= 300 && three <= 305) || three === 309 || two === 36 || two === 38 || two === 39)
    return length >= 14 && length <= 19
  if (four === 6011 || two === 64 || two === 65 || two === 62 || two === 60 || two === 81 || two === 82)
    return length >= 16
  if (two === 35) return length >= 16
  if (four === 2131 || four === 1800) return length === 15
  if (two === 50 || (two >= 56 && two <= 69)) return length >= 12
  if (four >= 2200 && four <= 2204) return length >= 16
  return digits.charCodeAt(0) === 0x31 && length === 15
}
