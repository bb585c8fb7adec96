import {
  closeParen,
  colon,
  dot,
  hyphen,
  isAsciiLetter,
  isDigit,
  isHexDigit,
  isLetter,
  isWord,
  openParen,
  plus,
  slash,
  space,
} from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { addPhoneWords } from './announcing-words.ts'
import { createContextWords } from './context-words.ts'
import { type DigitRun, endOfGroup, hasPlusBetween, hasShape } from './digit-run.ts'
import { isInsideAccount } from './surroundings.ts'
import { hashOfWords } from './words-before.ts'

const extensionLookAhead = 14
const wordAfterLookAhead = 28
/** Signs between a number and the word after it. */
const mostBeforeWord = 3

const wanted =
  'phone|phones|telephone|telefone|telefon|telefono|teléfono|téléphone|telefonnummer|fon|fono|fone|fax|tel|mobile|mobiles|mob|cell|cellular|cellphone|handy|landline|call|calling|called|dial|sms|text me|can text|or text|please text|texting|text us|text to|texts to|message me|messages to|message to|whatsapp|signal|contact|reach|ring|hotline|helpline|office|pager|voicemail|registered|number is|number to|numbers to'
for (const words of wanted.split('|')) addPhoneWords(hashOfWords(words))

/** Whether the words before a number say that it is one to call. */
const contextOf = createContextWords(
  wanted,
  'tel aviv|chapter|chapters|section|figure|table|volume|vol|order|orders|po|ord|tracking|track|isbn|issn|part|parts|sku|seq|sequence|serial|sn|invoice|inv|ticket|ref|reference|meeting|passcode|webinar|coordinates|lat|latitude|lon|lng|longitude|zoom|version|v|checksum|build|commit|id|ids|account|acct|card|cc|iban|ssn|security|zip|postal|postcode|policy|case|model|item|lot|batch|page|pages|port|pid|ts|timestamp|created|updated|date|born|dob|time|amount|total|price|usd|eur|gbp|imei|vin|code|pin|otp|hash|span|trace|reject|rejected',
)

const wordAfter =
  /^(?:[\s,;:()\\/-]{0,3}(?:office|fax|mobile|cell|phone|home|work|direct|tel|handy|landline)|,? (?:is|was) (?:my|his|her|our|their|the) (?:new |old |cell |mobile |phone |work |home )?(?:phone|number|mobile|cell|fax))(?![a-z])/

/**
 * Telephone numbers by how they are written, and by the words around them where the digits alone do not tell.
 * @param isToCall words for such numbers may stand before it. @param isBare no letter stands shortly before it.
 */
export function scanPhone(
  text: string,
  codes: Uint16Array,
  run: DigitRun,
  isToCall: boolean,
  isBare: boolean,
  findings: Findings,
): void {
  if (run.digits < 6) return
  const first = run.start[0]!
  let start = first
  while (first - start < 2 && isPrefix(codeBefore(codes, start))) start--
  if (continuesToken(codes, start)) return
  if (!isToCall && !isLikePhone(codes, run)) {
    findings.looked(first, run.end + mostBeforeWord)
    if (!mayBeWordAfter(codes, run.end, text.length)) return
  }
  const before = codeBefore(codes, first)
  const hasPlus = codes[start] === plus || before === plus
  const hasParen = before === openParen && codes[endOfGroup(run, 1)] === closeParen

  let groups = run.groups
  let digits = run.digits
  const most = hasPlus ? 15 : startsWithInternationalPrefix(codes, run) ? 17 : 13
  while (groups > 2 && digits > most && (hasPlus || run.separator[groups - 1] !== run.separator[1]))
    digits -= run.length[--groups]!
  if (digits > most || digits < (groups === 3 ? 6 : 7)) return
  let end = endOfGroup(run, groups)
  findings.looked(start, end + 1)
  if (endsInToken(codes, end)) return
  if (!hasPlus && (isDate(run, groups) || hasOtherSlash(codes, run, groups))) return

  if (isOneDigitRepeated(codes, run, groups)) return
  if (!hasPlus && run.length[0] === 2 && isAmongOctets(codes, start, end, findings)) return

  const shape = confidenceOfShape(codes, run, groups, digits, hasPlus, hasParen)
  const context = isBare ? 'none' : contextOf(codes, start)
  if (context !== 'wanted' && !hasPlus && hasPlusBetween(run, groups)) return
  let confidence = shape
  if (context === 'wanted') confidence = Math.max(shape + 0.1, 0.75)
  else if (context === 'unwanted' && !hasPlus) confidence = hasParen ? shape - 0.1 : 0
  if (confidence < 0.5) {
    if (context === 'unwanted') return
    findings.looked(start, end + wordAfterLookAhead)
    if (
      !mayBeWordAfter(codes, end, text.length) ||
      !wordAfter.test(text.slice(end, end + wordAfterLookAhead).toLowerCase())
    )
      return
    confidence = 0.7
  }
  if (!isBare && isInsideAccount(text, start)) return
  end = extensionEnd(text, start, end, findings)
  findings.found('PHONE', start, end, Math.min(confidence, 0.98))
}

/** Whether the number begins as one to call may: see `confidenceOfShape`. */
function isLikePhone(codes: Uint16Array, run: DigitRun): boolean {
  const first = run.start[0]!
  if (codes[first] === 48 || isPrefix(codeBefore(codes, first))) return true
  return run.groups >= 3 && run.length[1] === 3 && (run.length[0] === 3 || run.length[0] === 1)
}

/** Whether a letter follows, at most three signs after the number. */
function mayBeWordAfter(codes: Uint16Array, end: number, length: number): boolean {
  for (let index = end; index <= end + mostBeforeWord && index < length; index++)
    if (isLetter(codes[index]!)) return true
  return false
}

/** Whether an octet with a letter in it stands beside the digits: `48 8b 05 75 82 00`. */
function isAmongOctets(codes: Uint16Array, start: number, end: number, findings: Findings): boolean {
  findings.looked(start, end + 4)
  const hasBefore = start >= 3 && codes[start - 1] === space && isOctetWithLetter(codes, start - 3)
  return hasBefore || (codes[end] === space && isOctetWithLetter(codes, end + 1))
}

/** Whether two hexadecimal digits, one of them a letter, stand for themselves from `start` on. */
function isOctetWithLetter(codes: Uint16Array, start: number): boolean {
  const first = codes[start]!
  const second = codes[start + 1]!
  if (!isHexDigit(first) || !isHexDigit(second) || (isDigit(first) && isDigit(second))) return false
  return !isAlphanumeric(codeBefore(codes, start)) && !isAlphanumeric(codes[start + 2]!)
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isAsciiLetter(code)
}

function isOneDigitRepeated(codes: Uint16Array, run: DigitRun, groups: number): boolean {
  const digit = codes[run.start[0]!]
  for (let group = 0; group < groups; group++) {
    const start = run.start[group]!
    for (let index = start; index < start + run.length[group]!; index++)
      if (codes[index] !== digit) return false
  }
  return true
}

/** How sure the digits alone make: 0 where they could be any number. */
function confidenceOfShape(
  codes: Uint16Array,
  run: DigitRun,
  groups: number,
  digits: number,
  hasPlus: boolean,
  hasParen: boolean,
): number {
  const lead = codes[run.start[0]!]!
  if (hasPlus) return digits >= 8 && lead !== 48 ? 0.9 : 0
  if (startsWithInternationalPrefix(codes, run)) return groups >= 2 && digits >= 10 ? 0.7 : 0
  if (isNorthAmerican(codes, run, groups)) return hasParen ? 0.85 : run.separator[1] === space ? 0.65 : 0.8
  if (hasParen) return run.length[0]! <= 5 && digits >= 7 && !isYear(codes, run) ? 0.6 : 0
  if (hasShape(run, [3, 2, 4], [hyphen, space])) return 0
  if (
    lead === 48 &&
    run.length[0]! >= 2 &&
    run.length[0]! <= 5 &&
    digits >= 8 &&
    digits <= 12 &&
    groups >= 2
  ) {
    const dotted = run.separator[1] === dot
    return (dotted && digits < 9) || codes[run.start[0]! + 1] === 48 ? 0 : 0.6
  }
  return 0
}

/** `(1987) 123456`: a year, and something else. */
function isYear(codes: Uint16Array, run: DigitRun): boolean {
  if (run.length[0] !== 4) return false
  const century = 10 * (codes[run.start[0]!]! - 48) + codes[run.start[0]! + 1]! - 48
  return century === 19 || century === 20
}

/** Three, three and four digits, a country code 1 before them or not. */
function isNorthAmerican(codes: Uint16Array, run: DigitRun, groups: number): boolean {
  const country = groups === 4 && run.length[0] === 1 && codes[run.start[0]!] === 49 ? 1 : 0
  if (groups !== 3 + country) return false
  const [area, exchange, line] = [country, country + 1, country + 2]
  if (run.length[area] !== 3 || run.length[exchange] !== 3 || run.length[line] !== 4) return false
  return codes[run.start[area]!]! >= 50 && codes[run.start[exchange]!]! >= 50
}

function startsWithInternationalPrefix(codes: Uint16Array, run: DigitRun): boolean {
  const start = run.start[0]!
  return run.length[0]! >= 3 && codes[start] === 48 && codes[start + 1] === 48 && codes[start + 2] !== 48
}

/** `2025-08-27`, `27.8.2025`, `8/27/25`, with what a time may add. */
function isDate(run: DigitRun, groups: number): boolean {
  if (groups < 3 || run.separator[1] !== run.separator[2]) return false
  if (run.separator[1] === space || run.separator[1] === 0) return false
  const [a, b, c] = [run.length[0]!, run.length[1]!, run.length[2]!]
  return (a === 4 && b <= 2 && c <= 2) || (a <= 2 && b <= 2 && c === 4)
}

/** A slash that is not the one after an area code. */
function hasOtherSlash(codes: Uint16Array, run: DigitRun, groups: number): boolean {
  for (let group = 1; group < groups; group++) {
    if (run.separator[group] !== slash) continue
    const isAreaCode = group === 1 && (codes[run.start[0]!] === 48 || isNorthAmerican(codes, run, groups))
    if (!isAreaCode) return true
  }
  return false
}

/** Whether the number would begin inside of something longer. */
function continuesToken(codes: Uint16Array, start: number): boolean {
  if (start === 0) return false
  const before = codes[start - 1]!
  const second = codeBefore(codes, start - 1)
  if (isWord(before) || before === 35 || before === 36 || before === 0x20ac || before === 0xa3) return true
  if (before === dot || before === hyphen || before === slash || before === colon || before === 44)
    return isDigit(second) || (before !== colon && before !== 44 && isWord(second))
  return before === space && isDigit(second)
}

/** Whether the digits go on as a decimal, a thousand, a time, a percentage or a word. */
function endsInToken(codes: Uint16Array, end: number): boolean {
  const after = codes[end]!
  if (after === 120 && isDigit(codes[end + 1]!)) return false
  if (isWord(after) || after === 37 || after === 0x20ac) return true
  return (after === dot || after === 44 || after === colon) && isDigit(codes[end + 1]!)
}

/** After `x506`, ` ext. 506`. */
function extensionEnd(text: string, start: number, end: number, findings: Findings): number {
  const after = text.charCodeAt(end)
  if (after !== 120 && after !== space && !Number.isNaN(after)) return end
  const next = text.charCodeAt(end + 1)
  findings.looked(start, end + 1)
  if (after === space && next !== 120 && next !== 101 && !Number.isNaN(next)) return end
  findings.looked(start, end + extensionLookAhead)
  const match = /^ ?(?:x|ext\.?|extension) ?\d{1,6}(?!\w)/.exec(text.slice(end, end + extensionLookAhead))
  return match ? end + match[0].length : end
}

function isPrefix(code: number): boolean {
  return code === plus || code === openParen
}
