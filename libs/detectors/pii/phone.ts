import {
  closeParen,
  colon,
  dot,
  hyphen,
  isDigit,
  isLetter,
  isWord,
  openParen,
  plus,
  slash,
  space,
} from '../characters.ts'
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
  run: DigitRun,
  isToCall: boolean,
  isBare: boolean,
  findings: Findings,
): void {
  if (run.digits < 6) return
  const first = run.start[0]!
  if (!isToCall && !isLikePhone(text, run)) {
    findings.looked(first, run.end + mostBeforeWord)
    if (!mayBeWordAfter(text, run.end)) return
  }
  let start = first
  while (first - start < 2 && isPrefix(text.charCodeAt(start - 1))) start--
  const hasPlus = text.charCodeAt(start) === plus || text.charCodeAt(first - 1) === plus
  const hasParen =
    text.charCodeAt(first - 1) === openParen && text.charCodeAt(endOfGroup(run, 1)) === closeParen
  if (continuesToken(text, start)) return

  let groups = run.groups
  let digits = run.digits
  const most = hasPlus ? 15 : startsWithInternationalPrefix(text, run) ? 17 : 13
  while (groups > 2 && digits > most && (hasPlus || run.separator[groups - 1] !== run.separator[1]))
    digits -= run.length[--groups]!
  if (digits > most || digits < (groups === 3 ? 6 : 7)) return
  let end = endOfGroup(run, groups)
  findings.looked(start, end + 1)
  if (endsInToken(text, end)) return
  if (!hasPlus && (isDate(run, groups) || hasOtherSlash(text, run, groups))) return

  if (isOneDigitRepeated(text, run, groups)) return
  if (!hasPlus && run.length[0] === 2 && isAmongOctets(text, start, end, findings)) return

  const shape = confidenceOfShape(text, run, groups, digits, hasPlus, hasParen)
  const context = isBare ? 'none' : contextOf(text, start)
  if (context !== 'wanted' && !hasPlus && hasPlusBetween(run, groups)) return
  let confidence = shape
  if (context === 'wanted') confidence = Math.max(shape + 0.1, 0.75)
  else if (context === 'unwanted' && !hasPlus) confidence = hasParen ? shape - 0.1 : 0
  if (confidence < 0.5) {
    if (context === 'unwanted') return
    findings.looked(start, end + wordAfterLookAhead)
    if (
      !mayBeWordAfter(text, end) ||
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
function isLikePhone(text: string, run: DigitRun): boolean {
  const first = run.start[0]!
  if (text.charCodeAt(first) === 48 || isPrefix(text.charCodeAt(first - 1))) return true
  return run.groups >= 3 && run.length[1] === 3 && (run.length[0] === 3 || run.length[0] === 1)
}

/** Whether a letter follows, at most three signs after the number. */
function mayBeWordAfter(text: string, end: number): boolean {
  for (let index = end; index <= end + mostBeforeWord; index++)
    if (isLetter(text.charCodeAt(index))) return true
  return false
}

/** Whether an octet with a letter in it stands beside the digits: `48 8b 05 75 82 00`. */
function isAmongOctets(text: string, start: number, end: number, findings: Findings): boolean {
  findings.looked(start, end + 4)
  return (
    octetBefore.test(text.slice(Math.max(0, start - 4), start)) || octetAfter.test(text.slice(end, end + 4))
  )
}
const octetBefore = /(?:^|[^0-9a-z])(?:[a-f][0-9a-f]|[0-9][a-f]) $/i
const octetAfter = /^ (?:[a-f][0-9a-f]|[0-9][a-f])(?:$|[^0-9a-z])/i

function isOneDigitRepeated(text: string, run: DigitRun, groups: number): boolean {
  const digit = text.charCodeAt(run.start[0]!)
  for (let group = 0; group < groups; group++) {
    const start = run.start[group]!
    for (let index = start; index < start + run.length[group]!; index++)
      if (text.charCodeAt(index) !== digit) return false
  }
  return true
}

/** How sure the digits alone make: 0 where they could be any number. */
function confidenceOfShape(
  text: string,
  run: DigitRun,
  groups: number,
  digits: number,
  hasPlus: boolean,
  hasParen: boolean,
): number {
  const lead = text.charCodeAt(run.start[0]!)
  if (hasPlus) return digits >= 8 && lead !== 48 ? 0.9 : 0
  if (startsWithInternationalPrefix(text, run)) return groups >= 2 && digits >= 10 ? 0.7 : 0
  if (isNorthAmerican(text, run, groups)) return hasParen ? 0.85 : run.separator[1] === space ? 0.65 : 0.8
  if (hasParen) return run.length[0]! <= 5 && digits >= 7 && !isYear(text, run) ? 0.6 : 0
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
    return (dotted && digits < 9) || text.charCodeAt(run.start[0]! + 1) === 48 ? 0 : 0.6
  }
  return 0
}

/** `(1987) 123456`: a year, and something else. */
function isYear(text: string, run: DigitRun): boolean {
  return run.length[0] === 4 && /^(?:19|20)/.test(text.slice(run.start[0]!, run.start[0]! + 2))
}

/** Three, three and four digits, a country code 1 before them or not. */
function isNorthAmerican(text: string, run: DigitRun, groups: number): boolean {
  const country = groups === 4 && run.length[0] === 1 && text.charCodeAt(run.start[0]!) === 49 ? 1 : 0
  if (groups !== 3 + country) return false
  const [area, exchange, line] = [country, country + 1, country + 2]
  if (run.length[area] !== 3 || run.length[exchange] !== 3 || run.length[line] !== 4) return false
  return text.charCodeAt(run.start[area]!) >= 50 && text.charCodeAt(run.start[exchange]!) >= 50
}

function startsWithInternationalPrefix(text: string, run: DigitRun): boolean {
  const start = run.start[0]!
  return (
    run.length[0]! >= 3 &&
    text.charCodeAt(start) === 48 &&
    text.charCodeAt(start + 1) === 48 &&
    text.charCodeAt(start + 2) !== 48
  )
}

/** `2025-08-27`, `27.8.2025`, `8/27/25`, with what a time may add. */
function isDate(run: DigitRun, groups: number): boolean {
  if (groups < 3 || run.separator[1] !== run.separator[2]) return false
  if (run.separator[1] === space || run.separator[1] === 0) return false
  const [a, b, c] = [run.length[0]!, run.length[1]!, run.length[2]!]
  return (a === 4 && b <= 2 && c <= 2) || (a <= 2 && b <= 2 && c === 4)
}

/** A slash that is not the one after an area code. */
function hasOtherSlash(text: string, run: DigitRun, groups: number): boolean {
  for (let group = 1; group < groups; group++) {
    if (run.separator[group] !== slash) continue
    const isAreaCode =
      group === 1 && (text.charCodeAt(run.start[0]!) === 48 || isNorthAmerican(text, run, groups))
    if (!isAreaCode) return true
  }
  return false
}

/** Whether the number would begin inside of something longer. */
function continuesToken(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1)
  if (isWord(before) || before === 35 || before === 36 || before === 0x20ac || before === 0xa3) return true
  if (before === dot || before === hyphen || before === slash || before === colon || before === 44)
    return (
      isDigit(text.charCodeAt(start - 2)) ||
      (before !== colon && before !== 44 && isWord(text.charCodeAt(start - 2)))
    )
  return before === space && isDigit(text.charCodeAt(start - 2))
}

/** Whether the digits go on as a decimal, a thousand, a time, a percentage or a word. */
function endsInToken(text: string, end: number): boolean {
  const after = text.charCodeAt(end)
  if (after === 120 && isDigit(text.charCodeAt(end + 1))) return false
  if (isWord(after) || after === 37 || after === 0x20ac) return true
  return (after === dot || after === 44 || after === colon) && isDigit(text.charCodeAt(end + 1))
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
