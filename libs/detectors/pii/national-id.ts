import { dot, hyphen, isAsciiLetter, isCapital, isDigit, isWord, space } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { passesLuhn, passesVerhoeff, weightedSum } from './checksum.ts'
import { type DigitRun, digitsOf, endOfGroup } from './digit-run.ts'
import { textBefore } from './surroundings.ts'

/** How an identity number is written and checked. Without its words before it, it counts `alone` (0: not at all). */
type NumberFormat = {
  shapes: readonly (readonly number[])[]
  separators: readonly number[]
  isValid(digits: string): boolean
  words: RegExp
  alone: number
}

const separators = [space, hyphen]

const numberFormats: readonly NumberFormat[] = [
  {
    // India, Aadhaar
    shapes: [[4, 4, 4], [12]],
    separators,
    isValid: (digits) => digits >= '2' && passesVerhoeff(digits),
    words: /aadha+r|आधार|uidai|\buid\b/,
    alone: 0,
  },
  {
    // Brazil, CPF with its own punctuation
    shapes: [[3, 3, 3, 2]],
    separators: [dot, hyphen],
    isValid: isCpf,
    words: /\bcpf\b|cadastro/,
    alone: 0.8,
  },
  { shapes: [[11]], separators, isValid: isCpf, words: /\bcpf\b|cadastro/, alone: 0 },
  {
    // France, NIR (numéro de sécurité sociale) with its key
    shapes: [[1, 2, 2, 2, 3, 3, 2], [13, 2], [15]],
    separators,
    isValid: (digits) =>
      /^[12]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)/.test(digits) &&
      97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13)),
    words: /s[eé]cu(?:rit[eé])?\b|\bnir\b|\binsee\b/,
    alone: 0.6,
  },
  {
    // United Kingdom, NHS number
    shapes: [[3, 3, 4], [10]],
    separators,
    isValid: (digits) =>
      (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(digits[9]),
    words: /\bnhs\b|national health/,
    alone: 0,
  },
  {
    // Canada, social insurance number
    shapes: [[3, 3, 3], [9]],
    separators,
    isValid: (digits) => digits >= '1' && passesLuhn(digits),
    words: /\bsin\b|social insurance/,
    alone: 0,
  },
  {
    // Germany, Steuer-Identifikationsnummer
    shapes: [[2, 3, 3, 3], [11]],
    separators,
    isValid: isGermanTaxId,
    words: /steuer|\bidnr\b|\btin\b|tax id/,
    alone: 0,
  },
]

/** Lengths of the groups of digits. */
export const nationalShapes = numberFormats.flatMap(({ shapes }) => shapes)

const formatsByFirstGroup = Map.groupBy(
  numberFormats.flatMap((format) => format.shapes.map((shape) => ({ format, shape }))),
  ({ shape }) => shape[0]!,
)

/** Longest format that mixes letters and digits, and the character after it. */
const maxToken = 20

type TokenFormat = {
  pattern: RegExp
  /** Whether it may begin with so many letters, and so many digits after them. */
  begins(letters: number, digits: number): boolean
  isValid(token: string): boolean
  words: RegExp
  alone: number
}

const tokenFormats: readonly [TokenFormat, ...TokenFormat[]] = [
  {
    // United Kingdom, national insurance number
    pattern: /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)/y,
    begins: (letters, digits) => letters === 2 && (digits === 2 || digits === 4 || digits === 6),
    isValid: () => true,
    words: /\bni(?:no)?\b|national insurance/,
    alone: 0.65,
  },
  {
    // Spain, NIF and NIE
    pattern: /(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?!\w)/y,
    begins: (letters, digits) => 8 - letters === digits,
    isValid: isSpanishId,
    words: /\b(?:dni|nif|nie)\b|documento|identidad/,
    alone: 0.4,
  },
  {
    // Italy, codice fiscale
    pattern: /[A-Z]{6}\d\d[A-EHLMPR-T]\d\d[A-Z]\d{3}[A-Z](?!\w)/y,
    begins: (letters, digits) => letters === 6 && digits === 2,
    isValid: () => true,
    words: /codice|fiscale/,
    alone: 0.85,
  },
  {
    // India, permanent account number
    pattern: /[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?!\w)/y,
    begins: (letters, digits) => letters === 5 && digits === 4,
    isValid: () => true,
    words: /\bpan\b|permanent account|income tax/,
    alone: 0.4,
  },
]

/** By the number of letters that a token begins with, and of digits after them. */
const tokensByStart = Array.from({ length: 7 * 10 }, (_, index) =>
  tokenFormats.filter(({ begins }) => begins(Math.floor(index / 10), index % 10)),
)

const passportWords = /(?:passport|passeport|reisepass|pasaporte|passaporto|paspoort)[^\d\n]{0,32}$/
const passport = /(?:[A-Z]{1,2}\d{6,8}|\d{8,9}|[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8})(?!\w)/y

/**
 * Whether `scanNationalToken` has to look: in all formats letters are capitals; before the first of them stand eight digits, or
 * nine without letters, or none. @param start of the ASCII letters, if any, right before the digits; no letter or digit stands before them.
 * @param first digit. @param length of the digits.
 */
export function mayBeginToken(codes: Uint16Array, start: number, first: number, length: number): boolean {
  if (start === first) return length === 8 || length === 9
  return first - start <= mostLetters && length <= 9 && isCapital(codes[start]!)
}
const mostLetters = 6

/** Identity and passport numbers with letters in them, and passport numbers without. For the parameters see `mayBeginToken`. */
export function scanNationalToken(
  text: string,
  codes: Uint16Array,
  start: number,
  first: number,
  length: number,
  isBare: boolean,
  findings: Findings,
): void {
  findings.looked(start, start + maxToken)
  const formats = tokensByStart[10 * (first - start) + length]!
  const mayBePassport = !isBare && isLongAsPassport(codes, start)
  if (!mayBePassport && (formats.length === 0 || !goesOn(codes, first + length, length))) return
  let before: string | undefined
  for (const format of formats) {
    format.pattern.lastIndex = start
    const match = format.pattern.exec(text)
    if (!match || !format.isValid(match[0])) continue
    before ??= textBefore(text, start)
    const confidence = format.words.test(before) ? 0.95 : format.alone
    if (confidence > 0) findings.found('NATIONAL_ID', start, start + match[0].length, confidence)
  }
  passport.lastIndex = start
  const match = mayBePassport ? passport.exec(text) : null
  if (match && passportWords.test(before ?? textBefore(text, start)))
    findings.found('PASSPORT', start, start + match[0].length, 0.85)
}

/** Whether what follows the first digits of a token, at `at`, is a letter, a hyphen or a group more. */
function goesOn(codes: Uint16Array, at: number, digits: number): boolean {
  const code = codes[at]!
  return code === space
    ? digits === insuranceDigits || isDigit(codes[at + 1]!)
    : code === hyphen || isAsciiLetter(code)
}
const insuranceDigits = 6

/** Whether the seven characters from `start` on stand together. */
function isLongAsPassport(codes: Uint16Array, start: number): boolean {
  for (let index = start + 1; index <= start + 6; index++) if (!isWord(codes[index]!)) return false
  return true
}

/** `AB 98 76 54 C`, as the United Kingdom writes national insurance numbers, of which the first digits are `length`. */
export function scanInsuranceNumber(
  text: string,
  codes: Uint16Array,
  first: number,
  length: number,
  findings: Findings,
): void {
  const start = first - 3
  if (start < 0 || codes[first - 1] !== space || !isCapital(codes[start]!) || !isCapital(codes[start + 1]!))
    return
  if ((length !== 2 && length !== 4 && length !== insuranceDigits) || isWord(codeBefore(codes, start))) return
  const [{ pattern, words }] = tokenFormats
  pattern.lastIndex = start
  const match = pattern.exec(text)
  findings.looked(start, start + 14)
  if (match && words.test(textBefore(text, start)))
    findings.found('NATIONAL_ID', start, start + match[0].length, 0.95)
}

/** Identity numbers of several countries: by check digits, and mostly with words before them only. */
export function scanNationalNumber(
  text: string,
  codes: Uint16Array,
  run: DigitRun,
  isBare: boolean,
  findings: Findings,
): void {
  const start = run.start[0]!
  if (run.digits < 9 || isWord(codeBefore(codes, start))) return
  let before: string | undefined
  for (const { format, shape } of formatsByFirstGroup.get(run.length[0]!) ?? []) {
    if ((isBare && format.alone === 0) || !hasGroups(run, shape, format.separators)) continue
    const end = endOfGroup(run, shape.length)
    findings.looked(start, end)
    if (isWord(codes[end]!) || !format.isValid(digitsOf(run, text, shape.length))) continue
    before ??= textBefore(text, start)
    const confidence = format.words.test(before) ? 0.95 : format.alone
    if (confidence > 0) findings.found('NATIONAL_ID', start, end, confidence)
  }
}

function hasGroups(run: DigitRun, lengths: readonly number[], allowed: readonly number[]): boolean {
  if (run.groups < lengths.length) return false
  for (let group = 0; group < lengths.length; group++) {
    if (run.length[group] !== lengths[group]) return false
    if (group > 0 && !allowed.includes(run.separator[group]!)) return false
  }
  return true
}

function isCpf(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false
  const check = (weights: number[]) => ((weightedSum(digits, weights) * 10) % 11) % 10
  return (
    check([10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[9]) &&
    check([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(digits[10])
  )
}

/** ISO 7064 MOD 11,10. */
function isGermanTaxId(digits: string): boolean {
  if (digits.startsWith('0')) return false
  let product = 10
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits[10])
}

function isSpanishId(token: string): boolean {
  const compact = token.replaceAll('-', '')
  const lead = 'XYZ'.indexOf(compact[0]!)
  const digits = lead < 0 ? compact.slice(0, 8) : `${lead}${compact.slice(1, 8)}`
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === compact.at(-1)
}
