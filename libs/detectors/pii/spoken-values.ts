import { isAsciiLetter, isDigit, isLetter } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import type { PiiType } from './pii-types.ts'
import { hashOfWords } from './words-before.ts'

/** What follows a word that announces it: a name after a title, a date after `born`, an address that begins with `calle`. */
type Announced = {
  type: PiiType
  words: string
  /** From the end of the word on; the group `value` is what is found. */
  pattern: RegExp
  /** What a text may end with, after the word, and still become it. */
  open: RegExp
  confidence: number
  /** The word itself belongs to what is found. */
  fromWord?: boolean
  isValid?(value: string): boolean
}

const name = "\\p{Lu}(?:\\p{Ll}+|['’]\\p{Lu}\\p{Ll}+|\\.)(?:-\\p{Lu}\\p{Ll}+|\\p{Lu}\\p{Ll}+)?"
const particle = '(?:(?:van|von|de|der|den|da|di|del|della|la|le|bin|ibn|al|zu|ter|dos|du) ){0,3}'
const fullName = `${name}(?: ${particle}${name}){0,3}`
const twoNames = `${name}(?: ${particle}${name}){1,3}`
const openName = /^[.:,]?\s?(?:[\p{Lu}\p{Ll}.'’-]+(?: [\p{Lu}\p{Ll}.'’-]+){0,4} ?)?$/u
const month =
  '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre)[a-zéû]*\\.?'
const date = `(?:\\d{4} ?[年년] ?\\d{1,2} ?[月월] ?\\d{1,2} ?[日일号]?|\\d{4}[-./]\\d{1,2}[-./]\\d{1,2}|\\d{1,2}[-./]\\d{1,2}[-./]\\d{2,4}|\\d{1,2}(?:st|nd|rd|th|\\.|er|º)?(?: of| de)? ${month},?(?: de)? \\d{4}|${month} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4})(?!\\d)`
const ends = '(?![\\p{L}\\d])'

/** No names, although they follow a title or stand where a name would. */
const noNames =
  /^(?:Pepper|Dre|President|Chairman|Speaker|Secretary|Minister|Chair|Mayor|Right|Wrong|Robot|Bean|Who|Strange|Not|The|This|That|Here|Very|Sorry|Happy|Glad|Sure|Just|From|And|Team|Customer|Sir|Madam|All|Support|Hiring|Valued|Doctor|User|Test|String|Name|None|Null|True|False|New|Default|Unknown)\b/

const announced: readonly Announced[] = [
  {
    type: 'PERSON',
    words:
      'mr|mrs|ms|mx|dr|prof|professor|herr|frau|monsieur|madame|mme|mlle|señor|señora|sr|sra|srta|signor|signora|sig|dott|senhor|senhora|mevrouw|meneer|dhr|mevr|pani|pan',
    pattern: new RegExp(`\\.? (?<value>${fullName})${ends}`, 'yu'),
    open: openName,
    confidence: 0.8,
    isValid: (value) => !noNames.test(value) && value.length > 2,
  },
  {
    type: 'PERSON',
    words: 'name is|am called|heiße|heisse|name ist|llamo|appelle|chiamo|chamo|nombre es|nom est|naam is',
    pattern: new RegExp(`:? (?<value>${fullName})${ends}`, 'yu'),
    open: openName,
    confidence: 0.8,
    isValid: (value) => !noNames.test(value) && value.length > 2,
  },
  {
    type: 'PERSON',
    words:
      'name|patient|customer|employee|applicant|beneficiary|cardholder|holder|tenant|insured|attn|attention|contact|signed|author|passenger|guest|recipient|sender|manager|nombre|nom|naam|nome|kunde|patientin|surname|nachname|vorname',
    pattern: new RegExp(`(?: name)?(?::|,| is|=) ?"?(?<value>${twoNames})${ends}`, 'yu'),
    open: /^(?: name)?(?::|,| is|=|)? ?"?(?:[\p{Lu}\p{Ll}.'’-]+(?: [\p{Lu}\p{Ll}.'’-]+){0,4} ?)?$/u,
    confidence: 0.65,
    isValid: (value) => !noNames.test(value),
  },
  {
    // A member of JSON; `"name"` alone is as often a product's
    type: 'PERSON',
    words:
      'patient|customer|employee|applicant|beneficiary|cardholder|holder|tenant|insured|signed|passenger|guest|recipient|customer name|employee name|full name|holder name|patient name|card holder|kunde',
    pattern: new RegExp(`["'] ?: ?["'](?<value>${twoNames})(?=["'])`, 'yu'),
    open: /^["']? ?:? ?["']?(?:[\p{Lu}\p{Ll}.'’-]+(?: [\p{Lu}\p{Ll}.'’-]+){0,4} ?)?$/u,
    confidence: 0.65,
    isValid: (value) => !noNames.test(value),
  },
  {
    type: 'PERSON',
    words: 'dear|sincerely|regards|liebe|lieber|cordialement|saludos|cheers',
    pattern: new RegExp(`,?[ \\n]+(?<value>${twoNames})${ends}`, 'yu'),
    open: /^,?\s*(?:[\p{Lu}\p{Ll}.'’-]+(?: [\p{Lu}\p{Ll}.'’-]+){0,4} ?)?$/u,
    confidence: 0.65,
    isValid: (value) => !noNames.test(value),
  },
  {
    type: 'DATE_OF_BIRTH',
    words:
      'dob|born|birthdate|birthday|birth|geboren|geburtsdatum|geburtstag|naissance|née|né|nacimiento|nacido|nacida|nascita|nato|nata|nascimento|geboortedatum|urodzenia|urodzona|urodzony|рождения|родился|родилась|doğum|født|född|syntynyt|narozen|narozena|született|născut|născută|γέννησης',
    pattern: new RegExp(`[^\\d\\n]{0,16}?(?<value>${date})`, 'yiu'),
    open: /^[^\n]{0,44}$/,
    confidence: 0.85,
  },
  {
    type: 'BIC',
    words: 'bic|swift|swift code|bic code|swift bic|bic swift',
    pattern:
      /[^A-Z\n]{0,12}(?:code|CODE|BIC)?[ :=]{0,3}(?<value>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Za-z0-9])/y,
    open: /^.{0,30}$/,
    confidence: 0.9,
    isValid: (value) => bicCountries.has(value.slice(4, 6)),
  },
  {
    type: 'LICENSE_PLATE',
    words:
      'plate|license plate|licence plate|number plate|plates|kennzeichen|immatriculation|matrícula|targa|placa|plaque|rejestracyjny|registration plate|kenteken|plaka',
    pattern:
      /(?: number| no\.?| nr\.?| is| of| ist| n°)*[ :#=]{1,3}(?<value>(?=[A-Z0-9 -]*\d)(?=[A-Z0-9 -]*[A-Z])[A-Z0-9ÄÖÜ]{1,8}(?:[- ][A-Z0-9]{1,4}){0,3})(?![A-Za-z0-9])/y,
    open: /^.{0,30}$/,
    confidence: 0.8,
    isValid: (value) => value.replace(/[ -]/g, '').length >= 5,
  },
  {
    type: 'ADDRESS',
    words:
      'calle|avenida|paseo|plaza|via|viale|piazza|corso|rua|travessa|carrera|ulica|ul|улица|ул|rue|boulevard|chemin',
    pattern:
      /\.? (?<value>(?:(?:de|del|la|las|los|el|da|do|dos|della|du|des|des) ){0,2}\p{Lu}[\p{L}'’-]+(?: (?:de |del |la |da |du )?\p{Lu}[\p{L}'’-]+){0,3},? (?:(?:n[.º°]?|nr\.?|č\.?|д\.?|дом) ?)?\d{1,4}(?:, ?\d{4,5}(?:-\d{3})?(?: \p{Lu}\p{L}+){1,3})?)(?![\p{L}\d])/uy,
    open: /^.{0,60}$/,
    confidence: 0.75,
    fromWord: true,
  },
  {
    type: 'ADDRESS',
    words:
      'po box|o box|postfach|apartado|postbus|casella postale|boîte postale|caixa postal|skrytka pocztowa',
    pattern:
      /:? ?#?(?<value>\d{1,6}(?:,? \d{4,5}(?: [A-Z]{2})?)?(?:,? \p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+){0,2})?(?:,? [A-Z]{2} \d{5}(?:-\d{4})?)?)(?![\p{L}\d])/uy,
    open: /^.{0,60}$/,
    confidence: 0.75,
    fromWord: true,
  },
]

const bicCountries = new Set(
  'AD AE AL AM AR AT AU AZ BA BE BG BH BR BY CA CH CL CN CO CR CY CZ DE DK DO DZ EC EE EG ES FI FR GB GE GI GR GT HK HR HU ID IE IL IN IQ IR IS IT JO JP KE KR KW KZ LB LI LT LU LV MA MC MD ME MK MT MU MX MY NG NL NO NZ OM PA PE PH PK PL PT PY QA RO RS RU SA SE SG SI SK SM TH TN TR TW UA US UY VE VN XK ZA'.split(
    ' ',
  ),
)

const byWord = new Map<number, Announced[]>()
/** By the low bits of a word's hash: whether it may be one of them. */
const mayBe = new Uint8Array(4096)
for (const one of announced)
  for (const words of one.words.split('|')) {
    const hash = hashOfWords(words)
    byWord.set(hash, [...(byWord.get(hash) ?? []), one])
    mayBe[hash & 4095] = 1
  }

const reach = 140

/** Reports what a word or a pair of words announces, which end at index `end`. */
export function scanSpoken(
  text: string,
  hash: number,
  wordStart: number,
  end: number,
  findings: Findings,
): void {
  if (mayBe[hash & 4095] === 0) return
  for (const { type, pattern, open, confidence, fromWord, isValid } of byWord.get(hash) ?? []) {
    const from = fromWord ? wordStart : end
    if (type === 'PERSON' && isCapitals(text, wordStart, end)) continue
    if (text.length - end < reach && open.test(text.slice(end))) findings.looked(from, text.length)
    pattern.lastIndex = end
    const match = pattern.exec(text)
    const found = match?.groups?.value
    if (match === null || found === undefined || (isValid && !isValid(found))) continue
    const valueEnd = end + match[0].length
    findings.looked(from, valueEnd + 1)
    findings.found(type, fromWord ? wordStart : valueEnd - found.length, valueEnd, confidence)
  }
}

/** `MS Paint`, `SR-71`: titles are not written so. */
function isCapitals(text: string, start: number, end: number): boolean {
  const second = text.charCodeAt(start + 1)
  return end - start === 2 && second >= 65 && second <= 90
}

const streets =
  'Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Parkway|Pkwy|Circle|Cir|Crescent|Close|Highway|Hwy|Trail|Grove|Gardens|Row|Mews|Hill|Walk|Alley'
const tail =
  '(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|#)\\.? ?#?[A-Za-z0-9-]{1,6})?(?:,?[ \\n]{1,2}\\p{Lu}\\p{Ll}[\\p{L}.-]*(?: \\p{Lu}\\p{Ll}[\\p{L}.-]*){0,2})?(?:,? [A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|,? [A-Z]{2}\\b(?: \\d{5}(?:-\\d{4})?)?|,? \\d{4,6})?'
const afterNumber = new RegExp(
  `\\d{1,6}(?:-\\d{1,4})?[A-Za-z]? (?:(?:[NSEW]|North|South|East|West)\\.? )?(?:(?:\\d{1,3}(?:st|nd|rd|th)|\\p{Lu}[\\p{L}'’.-]+) ){1,4}(?:${streets})\\b\\.?${tail}|\\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|impasse|allée|quai|cours) (?:(?:de|du|des|la|le|les|l['’]|d['’]|de la) ?){0,2}\\p{Lu}[\\p{L}'’-]+(?:[ -]\\p{L}[\\p{L}'’-]+){0,3}(?:, \\d{5} \\p{Lu}[\\p{L}-]+)?`,
  'uy',
)
const openAddress = /^\d{1,6}(?:-\d{0,4})?[A-Za-z]?,?(?: [^\n,;:!?]{0,50})?(?:,? ?[^\n;:!?]{0,60})?$/u
/** First two letters of the words that a street's name begins with in French, and of `bis` and `ter` before them. */
const smallStreets = new Set(
  ['ru', 'av', 'bo', 'pl', 'ch', 'im', 'al', 'qu', 'co', 'bi', 'te'].map(
    (letters) => letters.charCodeAt(0) * 128 + letters.charCodeAt(1),
  ),
)
const longestName = 64

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122
}

/** Whether a space, or the end of the text, follows the letters and marks from `start` on. */
function isNameBeforeSpace(codes: Uint16Array, start: number, length: number): boolean {
  let at = start
  for (; at - start < longestName && at < length; at++) {
    const code = codes[at]!
    if (!isLetter(code) && code !== 39 && code !== 45 && code !== 46 && !(code >= 0x80)) break
  }
  return at >= length || codes[at] === 32 || at - start === longestName
}

/**
 * Whether a space and the first word of a street's name follow a number: `12 `, `12a `, `12-14 `, `12 5th `.
 * @param length of the text; what it ends with may go on so.
 */
function mayBegin(codes: Uint16Array, end: number, length: number): boolean {
  let at = end
  if (codes[at] === 45) {
    at++
    while (at - end < 6 && isDigit(codes[at]!)) at++
  } else if (isAsciiLetter(codes[at]!)) at++
  if (at >= length) return true
  if (codes[at] === 44) at++
  if (at + 1 >= length) return at >= length || codes[at] === 32
  if (codes[at] !== 32) return false
  const first = codes[at + 1]!
  if (isDigit(first)) return isOrdinal(codes, at + 1, length)
  if (!isLetter(first)) return false
  if (at + 2 >= length) return true
  return isSmall(first)
    ? smallStreets.has(first * 128 + codes[at + 2]!)
    : isNameBeforeSpace(codes, at + 1, length)
}

/** `5th`, or the start of one at the end of the text. */
function isOrdinal(codes: Uint16Array, start: number, length: number): boolean {
  let end = start
  while (end - start < 3 && isDigit(codes[end]!)) end++
  if (end >= length) return true
  const second = ordinals[codes[end]!]!
  return second !== 0 && (end + 1 >= length || codes[end + 1] === second)
}
/** The second letter of the end of an ordinal, by the first. */
const ordinals = new Uint8Array(1 << 16)
for (const ends of ['st', 'nd', 'rd', 'th']) ordinals[ends.charCodeAt(0)] = ends.charCodeAt(1)

/** Addresses that begin with the number of a house. @param codes of the text; see `codesOf`. */
export function scanAddress(
  text: string,
  codes: Uint16Array,
  start: number,
  digits: number,
  findings: Findings,
): void {
  if (digits > 6 || !mayBegin(codes, start + digits, text.length)) return
  if (text.length - start < reach && openAddress.test(text.slice(start))) findings.looked(start, text.length)
  afterNumber.lastIndex = start
  const match = afterNumber.exec(text)
  if (!match) return
  const end = start + match[0].length
  findings.looked(start, end + 1)
  findings.found('ADDRESS', start, end, 0.8)
}

const streetBefore =
  /(?<![\p{L}\d])(?:\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer|straat|laan|gracht|kade|plein|singel|dreef|gade|gatan|katu|vägen|veien|vej)|(?:Am|An der|Im|Zum|Alte[rn]?|Neue[rn]?) \p{Lu}\p{Ll}+) $/u
const afterStreet =
  /\d{1,4} ?[a-z]?(?:, ?(?:\d{4,5}|\d{4} [A-Z]{2}) \p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+)?)?(?![\p{L}\d])/uy
const longestStreet = 48

/** Addresses whose street ends before the number of the house, as in German: `Hauptstraße 12, 10115 Berlin`. */
export function scanStreetBefore(
  text: string,
  codes: Uint16Array,
  at: number,
  digits: number,
  findings: Findings,
): void {
  if (digits > 4 || codeBefore(codes, at) !== 32 || !mayEndStreet(codes, at - 1)) return
  const found = streetBefore.exec(text.slice(Math.max(0, at - longestStreet), at))
  if (!found) return
  const start = at - found[0].length
  if (text.length - at < 48) findings.looked(start, text.length)
  afterStreet.lastIndex = at
  const match = afterStreet.exec(text)
  if (!match) return
  findings.looked(start, at + match[0].length + 1)
  findings.found('ADDRESS', start, at + match[0].length, 0.75)
}

/** By the last two letters of a word: whether a street's may be. */
const streetEndings = new Uint8Array(1 << 10)
for (const ending of 'ße se r. eg tz ee mm er at an ht de in el ef tu en ej'.split(' '))
  streetEndings[slotOf(ending.charCodeAt(0), ending.charCodeAt(1))] = 1
/** Last letters of the words that a street's name follows: `Am `, `An der `, `Alte `, `Alten `. */
const beforeStreet = new Uint8Array(1 << 16)
for (const letter of 'mren') beforeStreet[letter.charCodeAt(0)] = 1

function slotOf(first: number, second: number): number {
  return (first & 31) * 32 + (second & 31)
}

/** Whether the word that ends before `end`, hyphens counted in, has a capital letter or one that is not ASCII, and ends as a street's does or follows such a word. */
function mayEndStreet(codes: Uint16Array, end: number): boolean {
  const last = codeBefore(codes, end)
  if (last !== 46 && !isLetter(last)) return false
  let start = end - 1
  let hasCapital = false
  for (; start >= 0; start--) {
    const code = codes[start]!
    if ((code >= 65 && code <= 90) || code >= 0x80) hasCapital = true
    else if (!isSmall(code) && code !== 45 && !(start === end - 1 && code === 46)) break
    if (end - start > longestStreet) return true
  }
  if (!hasCapital) return false
  if (streetEndings[slotOf(codeBefore(codes, end - 1), last)] === 1) return true
  return start > 0 && codes[start] === 32 && beforeStreet[codes[start - 1]!] === 1
}

/** Start of what the text ends with and a house number may follow; else the length of the text. */
export function pendingStreet(text: string): number {
  if (text.charCodeAt(text.length - 1) !== 32) return text.length
  const found = streetBefore.exec(text.slice(-longestStreet))
  return found ? text.length - found[0].length : text.length
}
