import { createHash } from 'node:crypto'
import { dot, hyphen, isAsciiLetter, isDigit, plus, space } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { addAnnouncingWords, mostLead } from './announcing-words.ts'
import { firstCharacters } from './first-characters.ts'
import type { PiiType } from './pii-types.ts'
import { eachWordBefore, hashOfWords } from './words-before.ts'

/** A value with letters and digits in it. Without its words before it, it counts `alone` (0: not at all). */
type Token = {
  type: PiiType
  pattern: RegExp
  words: string
  alone: number
  confidence?: number
  /** It may be without a capital letter. */
  isSmall?: boolean
  isValid?(token: string): boolean
}

const value = (character: string) => Number.parseInt(character, 36)
const sumOf = (token: string, weights: readonly number[], of: (character: string) => number = Number) =>
  weights.reduce((sum, weight, index) => sum + weight * of(token[index]!), 0)

const tokens: readonly Token[] = [
  {
    type: 'NATIONAL_ID',
    pattern: /\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?!\w)/y,
    words: 'hetu|henkilötunnus|henkilötunnukseni|personal identity',
    alone: 0.75,
    isSmall: true,
    isValid: (token) =>
      Number(token.slice(0, 2)) <= 31 &&
      Number(token.slice(2, 4)) <= 12 &&
      '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(token.slice(0, 6) + token.slice(7, 10)) % 31] === token[10],
  },
  {
    type: 'NATIONAL_ID',
    pattern: /\d{7}[A-W][A-IW]?(?!\w)/y,
    words: 'pps|ppsn|personal public',
    alone: 0,
    isValid: (token) =>
      'WABCDEFGHIJKLMNOPQRSTUV'[
        (sumOf(token, [8, 7, 6, 5, 4, 3, 2]) +
          (token[8] && token[8] !== 'W' ? 9 * (token.charCodeAt(8) - 64) : 0)) %
          23
      ] === token[7],
  },
  {
    type: 'NATIONAL_ID',
    pattern: /[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?!\w)/y,
    words: 'curp',
    alone: 0.85,
  },
  { type: 'TAX_ID', pattern: /[A-Z]{3,4}\d{6}[A-Z0-9]{3}(?!\w)/y, words: 'rfc', alone: 0 },
  {
    type: 'NATIONAL_ID',
    pattern: /\d{17}[Xx](?!\w)/y,
    words: '身份|resident identity|national id|identity card',
    alone: 0.7,
    isValid: (token) => sumOf(token, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11 === 2,
  },
  {
    type: 'NATIONAL_ID',
    pattern: /\d{1,2}\.?\d{3}\.?\d{3}-[\dKk](?!\w)/y,
    words: 'rut|run|rol único|rol unico',
    alone: 0,
    isSmall: true,
    isValid: isRut,
  },
  {
    type: 'NATIONAL_ID',
    isSmall: true,
    pattern: /\d{1,2}\.\d{3}\.\d{3}-[\dKk](?!\w)/y,
    words: '',
    alone: 0.6,
    isValid: isRut,
  },
  {
    type: 'NATIONAL_ID',
    pattern: /[STFGM]\d{7}[A-Z](?!\w)/y,
    words: 'nric|fin|singapore id',
    alone: 0.7,
    isValid: (token) => {
      const lead = token[0]!
      const shift = lead === 'T' || lead === 'G' ? 4 : lead === 'M' ? 3 : 0
      const rest = (sumOf(token.slice(1), [2, 7, 6, 5, 4, 3, 2]) + shift) % 11
      const letters =
        lead === 'S' || lead === 'T' ? 'JZIHGFEDCBA' : lead === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK'
      return (lead === 'M' ? letters[10 - rest] : letters[rest]) === token[8]
    },
  },
  {
    type: 'NATIONAL_ID',
    pattern: /[A-Z]{1,2}\d{6}(?:\([\dA]\)|[\dA])(?!\w)/y,
    words: 'hkid|hong kong|identity card',
    alone: 0,
  },
  {
    type: 'NATIONAL_ID',
    pattern: /[A-Z][1289]\d{8}(?!\w)/y,
    words: '身分|national id|taiwan id|identity card',
    alone: 0.55,
    isValid: (token) => {
      const lead = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(token[0]!) + 10
      return (
        (Math.floor(lead / 10) + 9 * (lead % 10) + sumOf(token.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])) %
          10 ===
        0
      )
    },
  },
  { type: 'NATIONAL_ID', pattern: /[A-Z]{3}\d{7}(?!\w)/y, words: 'voter|epic|elector|voter id', alone: 0 },
  {
    type: 'TAX_ID',
    pattern: /\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z](?!\w)/y,
    words: 'gstin|gst',
    alone: 0.75,
  },
  { type: 'NATIONAL_ID', pattern: /\d{9}[VXvx](?!\w)/y, words: 'nic|sri lanka|national id', alone: 0 },
  {
    type: 'NATIONAL_ID',
    pattern: /[A-Z]{3} ?\d{6}(?!\w)/y,
    words: 'dowód|dowodu|dowod|osobistego|osobisty',
    alone: 0,
    isValid: (token) => sumOf(token.replace(' ', ''), [7, 3, 1, 9, 7, 3, 1, 7, 3], value) % 10 === 0,
  },
  {
    type: 'NATIONAL_ID',
    pattern: /[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d?(?!\w)/y,
    words: 'personalausweis|ausweisnummer|ausweisnr|ausweis|personalausweisnummer',
    alone: 0,
  },
  {
    type: 'NATIONAL_ID',
    pattern: /\d{2} ?\d{6} ?[A-Z] ?\d{3}(?!\w)/y,
    words: 'sozialversicherungsnummer|rentenversicherungsnummer|svnr|rvnr|versicherungsnummer',
    alone: 0,
  },
  { type: 'NATIONAL_ID', pattern: /[A-HJ-NP-Z]{3}\d{4}(?!\w)/y, words: 'nhi|nhi number', alone: 0 },
  { type: 'NATIONAL_ID', pattern: /[VEJPG]-?\d{7,8}-?\d(?!\w)/y, words: 'rif|cédula|cedula', alone: 0 },
  {
    type: 'NATIONAL_ID',
    pattern: /[A-Z]{2} ?\d{7}(?!\w)|\d{7}[MGAPLHBZ](?!\w)/y,
    words: 'carta identità|carta identita|identity card|carte identité|malta id|carta d',
    alone: 0,
  },
  {
    type: 'TAX_ID',
    pattern: /[A-Z]{2} ?[A-Z0-9]?\d{7,11}[A-Z]?(?:\d{2})?(?!\w)/y,
    words:
      'vat|vat number|vat id|vatin|ust|ustid|umsatzsteuer|umsatzsteuer id|tva|iva|btw|btw nummer|moms|vat no|tax number',
    alone: 0,
    confidence: 0.8,
  },
  {
    type: 'MAC_ADDRESS',
    isSmall: true,
    pattern: /[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}(?!\w)/y,
    words: 'mac|mac address|ether|hardware address|bssid|arpa|dynamic',
    alone: 0,
    confidence: 0.85,
  },
  {
    type: 'DRIVER_LICENSE',
    pattern: /[A-Z9]{5}\d{6}[A-Z9]{2}\d[A-Z]{2}(?!\w)/y,
    words: 'driving licence|licence number|licence|dvla',
    alone: 0.7,
  },
  {
    type: 'DRIVER_LICENSE',
    pattern:
      /[A-Z]{1,2}-?\d{5,14}(?!\w)|[A-Z]\d{2,4}(?:[- ]\d{1,5}){2,4}(?!\w)|\d{2}[A-Z]{2}\d{5,7}(?!\w)|[A-Z]\d(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-Z0-9]{9}(?!\w)|\d{8}[A-Z](?!\w)/y,
    words:
      'driver license|drivers license|driving licence|driver licence|drivers licence|license number|licence number|dl|license no|licence no|driving license|führerschein|führerscheinnummer|permis|permis conduire|de conduire|di guida|de conducir|conducir|rijbewijs|prawo jazdy|prawa jazdy|körkort|carta condução|de condução|patente',
    alone: 0,
    confidence: 0.8,
  },
  {
    type: 'MBI',
    pattern:
      /[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}(?!\w)/y,
    words: 'mbi|medicare|beneficiary',
    alone: 0.6,
  },
  {
    type: 'HEALTH_INSURANCE',
    pattern: /[A-Z]{1,3}-?\d{6,12}(?!\w)|[A-Z]\d{9}(?!\w)/y,
    words:
      'member id|insurance id|policy number|subscriber id|health insurance|insurance number|krankenversicherung|versichertennummer|krankenversichertennummer|insurance no|group number',
    alone: 0,
    confidence: 0.7,
  },
  {
    type: 'VIN',
    pattern: /[A-HJ-NPR-Z0-9]{17}(?!\w)/y,
    words:
      'vin|chassis|fahrgestellnummer|vehicle identification|fin|vehicle|chassis number|vin number|bastidor',
    alone: 0,
    isValid: (token) => /[A-Z].*[A-Z]/.test(token) && /\d{3}/.test(token.slice(-6)),
  },
  {
    type: 'VIN',
    pattern: /[A-HJ-NPR-Z0-9]{17}(?!\w)/y,
    words: '',
    alone: 0.7,
    isValid: (token) => /[A-Z].*[A-Z].*[A-Z]/.test(token) && isVin(token),
  },
  { type: 'BANK_ROUTING', pattern: /[A-Z]{4}0[A-Z0-9]{6}(?!\w)/y, words: 'ifsc', alone: 0 },
  {
    type: 'CRYPTO_WALLET',
    isSmall: true,
    pattern: /0x[0-9a-fA-F]{40}(?!\w)/y,
    words: 'eth|ethereum|wallet|address|metamask|usdt|erc',
    alone: 0.6,
  },
  {
    type: 'CRYPTO_WALLET',
    isSmall: true,
    pattern: /(?:bc|tb)1[02-9ac-hj-np-z]{25,71}(?!\w)/y,
    words: 'btc|bitcoin',
    alone: 0.9,
  },
  {
    type: 'CRYPTO_WALLET',
    isSmall: true,
    pattern: /(?:ltc1|addr1|cosmos1|bnb1)[02-9ac-hj-np-z]{25,100}(?!\w)/y,
    words: 'wallet',
    alone: 0.9,
  },
  {
    type: 'CRYPTO_WALLET',
    isSmall: true,
    pattern: /[13LMDTA][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)/y,
    words: '',
    alone: 0.9,
    isValid: isBase58Check,
  },
  {
    type: 'CRYPTO_WALLET',
    isSmall: true,
    pattern: /[1-9A-HJ-NP-Za-km-z]{32,44}(?!\w)/y,
    words: 'solana|sol|wallet|phantom|xrp|ripple|monero|xmr',
    alone: 0,
    confidence: 0.75,
    isValid: (token) => /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token),
  },
]

const hashes = tokens.map(({ words }) => new Set(words === '' ? [] : words.split('|').map(hashOfWords)))
for (const words of hashes) for (const hash of words) addAnnouncingWords(hash)

/** Tokens by the character that they begin with: those that may have no capital letter, and all. */
const byFirst = { small: tokensByFirst(true), all: tokensByFirst(false) }

function tokensByFirst(isSmall: boolean): readonly (readonly number[])[] {
  const firsts = tokens.map(({ pattern }) => firstCharacters(pattern))
  return Array.from({ length: 128 }, (_, code) =>
    tokens.flatMap((token, index) =>
      firsts[index]![code] === 1 && (!isSmall || token.isSmall) ? [index] : [],
    ),
  )
}

/** Most characters that a token may have, with the one after it. */
const longest = 108
/** More characters stand together. */
const longestSpaced = 24

const before: number[] = []
const remember = (hash: number) => {
  before.push(hash)
}

/**
 * Values with letters and digits. @param start of the ASCII letters, if any, right before the first digit; no letter or digit
 * stands before them. @param first digit. @param isAnnounced words of theirs may stand before.
 */
export function scanIdentityTokens(
  text: string,
  codes: Uint16Array,
  start: number,
  first: number,
  isAnnounced: boolean,
  findings: Findings,
): void {
  if (first - start > mostLead) return
  if (!isAnnounced && !mayStandAlone(codes, start, text.length)) return
  if (codeBefore(codes, start) === hyphen && isDigit(codeBefore(codes, start - 1))) return
  let end = first
  let mixed = start < first
  let hasCapital = start < first && codes[start]! < 91
  while (end - start < longest) {
    const code = codes[end]!
    if (isAsciiLetter(code)) {
      mixed = true
      if (code < 91) hasCapital = true
    } else if (!isDigit(code)) {
      if (!isInner(codes, end) || end - start > longestSpaced) break
      mixed ||= code === hyphen
    }
    end++
  }
  findings.looked(start, end + 1)
  if (!mixed || end - start < 7) return
  let known = false
  const candidates = (hasCapital ? byFirst.all : byFirst.small)[codes[start]!]!
  for (const index of candidates) {
    const { type, pattern, alone, confidence = 0.9, isValid } = tokens[index]!
    if (alone === 0 && !isAnnounced) continue
    pattern.lastIndex = start
    const match = pattern.exec(text)
    if (!match || (isValid && !isValid(match[0]))) continue
    if (!known) {
      before.length = 0
      eachWordBefore(text, start, remember)
      known = true
    }
    const isNamed = before.some((hash) => hashes[index]!.has(hash))
    const sure = isNamed ? confidence : alone
    if (sure > 0) findings.found(type, start, start + match[0].length, sure)
  }
}

/** Fewer letters and digits with a small letter among them are no token that counts without its words. */
const leastSmall = 26
/** Fewer capital letters and digits are none either, but for those that go on after a hyphen: `1EG4-TE5-MK73`. */
const leastCapitals = 9
const beforeHyphen = 4

/**
 * Whether a token that counts without its words may begin at `start`, by its first letters and digits: those with a small letter
 * are wallets, those with a capital have some length, and digits alone go on as a personal number does, `120180-123` or `12.345.678-5`. At the end of a text anything may follow.
 */
function mayStandAlone(codes: Uint16Array, start: number, length: number): boolean {
  let index = start
  let hasLetter = false
  let hasSmall = false
  while (index - start < leastSmall) {
    const code = codes[index]!
    if (code >= 97 && code <= 122) hasSmall = true
    else if (code >= 65 && code <= 90) hasLetter = true
    else if (!isDigit(code)) break
    index++
  }
  if (index >= length || index - start >= leastSmall) return true
  if (hasSmall) return false
  const after = codes[index]
  if (hasLetter) return index - start >= leastCapitals || (after === hyphen && index - start === beforeHyphen)
  if (after === hyphen || after === plus)
    return index - start === 6 && mayBeThreeDigits(codes, index + 1, length)
  if (after !== dot || index - start > 2 || !mayBeThreeDigits(codes, index + 1, length)) return false
  return index + 4 >= length || codes[index + 4] === dot
}

/** Whether three digits follow, or the text ends before. */
function mayBeThreeDigits(codes: Uint16Array, from: number, length: number): boolean {
  for (let index = from; index < from + 3; index++) {
    if (index >= length) return true
    if (!isDigit(codes[index]!)) return false
  }
  return true
}

/** A hyphen, a dot, a space or a bracket within a token. */
function isInner(codes: Uint16Array, index: number): boolean {
  const code = codes[index]!
  if (code !== hyphen && code !== 46 && code !== 32 && code !== 40 && code !== 41 && code !== 43) return false
  const next = codes[index + 1]!
  return code === 32
    ? isDigit(next) ||
        (isAsciiLetter(next) && isDigit(codes[codes[index + 2] === space ? index + 3 : index + 2]!))
    : isDigit(next) || isAsciiLetter(next)
}

function isRut(token: string): boolean {
  const digits = token.replaceAll('.', '').split('-')[0]!
  let sum = 0
  for (let index = 0; index < digits.length; index++) sum += Number(digits.at(-1 - index)) * (2 + (index % 6))
  const check = 11 - (sum % 11)
  return (check === 11 ? '0' : check === 10 ? 'K' : String(check)) === token.at(-1)!.toUpperCase()
}

/** The check digit of ISO 3779 as North America uses it. */
function isVin(token: string): boolean {
  const values: Record<string, number> = Object.fromEntries(
    [...'ABCDEFGH']
      .map((letter, index) => [letter, index + 1])
      .concat([...'JKLMN'].map((letter, index) => [letter, index + 1]))
      .concat([
        ['P', 7],
        ['R', 9],
      ])
      .concat([...'STUVWXYZ'].map((letter, index) => [letter, index + 2])) as [string, number][],
  )
  const sum = sumOf(
    token,
    [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2],
    (character) => values[character] ?? Number(character),
  )
  return (sum % 11 === 10 ? 'X' : String(sum % 11)) === token[8]
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Whether the last four bytes are the start of a double SHA-256 of the others. */
function isBase58Check(token: string): boolean {
  // A digest in hexadecimal has none.
  if (!/[A-Z]/.test(token.slice(1))) return false
  let number = 0n
  for (const character of token) number = number * 58n + BigInt(base58.indexOf(character))
  const bytes = Buffer.from(number.toString(16).padStart(50, '0').slice(-50), 'hex')
  const once = createHash('sha256').update(bytes.subarray(0, 21)).digest()
  return createHash('sha256').update(once).digest().subarray(0, 4).equals(bytes.subarray(21))
}
