import {
  at,
  colon,
  dot,
  hyphen,
  isAsciiLetter,
  isCapital,
  isDigit,
  isLetter,
  isWord,
  plus,
  space,
} from '../characters.ts'
import { codeBefore, codesOf } from '../codes.ts'
import type { Detection, SpanDetector } from '../detector.ts'
import { createFindings, type Findings } from '../findings.ts'
import { createSpanDetector } from '../span-detector.ts'
import { withoutCovered } from '../without-covered.ts'
import { isNobodysAddress } from './addresses-of-nobody.ts'
import { createWordsFollower, mostLead, type WordsFollower } from './announcing-words.ts'
import { scanBirthDate } from './birth-date.ts'
import { cardShapes, scanCreditCard } from './credit-card.ts'
import { clearDigitRun, createDigitRun, type DigitRun, endOfDigits, readDigitRun } from './digit-run.ts'
import { maxLocalPart, scanEmail } from './email.ts'
import { scanIban } from './iban.ts'
import { scanIdentity } from './identity.ts'
import { scanIdentityTokens } from './identity-tokens.ts'
import { scanIpV4 } from './ip-v4.ts'
import { scanIpV6 } from './ip-v6.ts'
import { scanMacAddress } from './mac-address.ts'
import { machineTokenEnd } from './machine-token.ts'
import {
  mayBeginToken,
  nationalShapes,
  scanInsuranceNumber,
  scanNationalNumber,
  scanNationalToken,
} from './national-id.ts'
import { scanPhone } from './phone.ts'
import { piiTypes } from './pii-types.ts'
import { pendingStreet, scanAddress, scanSpoken, scanStreetBefore } from './spoken-values.ts'
import { scanSsn, ssnShapes } from './ssn.ts'
import { contextBefore } from './surroundings.ts'
import { addToWord, lower, pairOfWords } from './words-before.ts'

const defaultThreshold = 0.5
/** Longest span (an e-mail address) and the context before it, and some more. */
const lookBehind = 448
const maxHold = 448
/** A number may begin this many characters before its first digit: `+`, `(`, the letters of an IBAN, of a passport. */
const maxLead = 6

/** Characters between two words that follow each other. */
const mostBetween = 3

const other = 0
const digit = 1
const letter = 2
const sign = 3

const kinds = new Uint8Array(1 << 16)
for (let code = 0; code < kinds.length; code++)
  kinds[code] = isDigit(code)
    ? digit
    : isLetter(code) || (code >= 0x370 && code < 0x600)
      ? letter
      : code === at || code === colon
        ? sign
        : other

/** Letters in lower case by code; 0 for all else. */
const lowerCase = new Uint16Array(1 << 16)
for (let code = 0; code < lowerCase.length; code++) if (kinds[code] === letter) lowerCase[code] = lower(code)

/** @param spec `addresses: public` leaves out IP addresses that lead to nobody in particular. */
export function createPiiDetector(spec: {
  types?: string[]
  threshold?: number
  addresses?: 'all' | 'public'
}): SpanDetector {
  const wanted = new Set(spec.types ?? piiTypes)
  for (const type of wanted)
    if (!(piiTypes as readonly string[]).includes(type))
      throw new Error(`Unknown PII type ${JSON.stringify(type)}; known are ${piiTypes.join(', ')}`)
  const threshold = spec.threshold ?? defaultThreshold
  const onlyPublic = spec.addresses === 'public'
  const run = createDigitRun()

  /** @param isBare no letter stands shortly before it. */
  const scanNumber = (
    text: string,
    codes: Uint16Array,
    index: number,
    words: WordsFollower,
    isBare: boolean,
    findings: Findings,
  ) => {
    readDigitRun(run, codes, index)
    findings.looked(Math.max(0, index - maxLead), run.reach)
    const length = run.length[0]!
    scanBirthDate(text, codes, index, length, findings)
    if (!isShort(run, codes, text.length)) scanLong(text, codes, index, words, isBare, findings)
    scanAddress(text, codes, index, length, findings)
    if (codeBefore(codes, index) === space) scanStreetBefore(text, codes, index, length, findings)
    return index + length
  }

  /**
   * Digits right behind letters, which begin at `start`, are a part of a token: how they would go on in groups of digits says nothing.
   */
  const scanLettered = (
    text: string,
    codes: Uint16Array,
    start: number,
    index: number,
    isAnnounced: boolean,
    isBare: boolean,
    findings: Findings,
  ) => {
    const end = endOfDigits(codes, index)
    const length = end - index
    findings.looked(Math.max(0, index - maxLead), codes[end] === space ? end + 1 : end)
    scanBirthDate(text, codes, index, length, findings)
    if (start === index - 2) scanIban(codes, index, text.length, findings)
    if (mayBeginToken(codes, start, index, length))
      scanNationalToken(text, codes, start, index, length, isBare, findings)
    scanIdentityTokens(text, codes, start, index, isAnnounced, findings)
    scanAddress(text, codes, index, length, findings)
    return end
  }

  /** Only what the lengths of its groups and the characters beside it allow is looked for: most numbers are of no kind. */
  const scanLong = (
    text: string,
    codes: Uint16Array,
    index: number,
    words: WordsFollower,
    isBare: boolean,
    findings: Findings,
  ) => {
    const length = run.length[0]!
    const isAnnounced = words.isAnnounced(index)
    const kinds = kindsByLengths[32 * length + (run.groups > 1 ? run.length[1]! : 0)]!
    if (run.groups >= 4 && run.separator[1] === dot) scanIpV4(text, codes, run, isBare, findings)
    if ((kinds & card) !== 0) scanCreditCard(text, codes, run, isBare, findings)
    if ((kinds & ssn) !== 0) scanSsn(text, codes, run, isBare, findings)
    if ((kinds & national) !== 0) scanNationalNumber(text, codes, run, isBare, findings)
    if (isAnnounced) scanIdentity(text, run, findings)
    if (isCapital(codeBefore(codes, index - 1))) scanInsuranceNumber(text, codes, index, length, findings)
    if (mayBeginToken(codes, index, index, length))
      scanNationalToken(text, codes, index, index, length, isBare, findings)
    if (isAnnounced || mayBeToken(codes, index + length, length, text.length))
      scanIdentityTokens(text, codes, index, index, isAnnounced, findings)
    if (index + 2 < text.length && codes[index + 2] === hyphen)
      scanMacAddress(text, codes, index + 2, findings)
    scanPhone(text, codes, run, words.isToCall(index), isBare, findings)
  }

  /** Digits of a digest or an identifier: only an address may begin with them. */
  const scanDigitsWithin = (text: string, codes: Uint16Array, from: number, findings: Findings) => {
    let index = from
    while (index < text.length && kinds[codes[index]!] === digit) index++
    scanAddress(text, codes, from, index - from, findings)
    return index
  }

  /** Words are hashed as they pass, for what some of them announce. */
  const scanAll = (text: string, findings: Findings) => {
    const codes = codesOf(text)
    const { length } = text
    const words = createWordsFollower()
    clearDigitRun(run)
    let previousStart = 0
    let previousEnd = -mostBetween
    let previous = 0
    let lastLetter = -mostBefore
    let index = 0
    while (index < length) {
      const code = codes[index]!
      const kind = kinds[code]!
      if (kind === other) {
        if (code >= 0x80 || code === apostrophe) {
          words.foreign(index)
          lastLetter = index
        }
        index++
        continue
      }
      if (mayBeMachine[code] === 1 && (index === 0 || !isWord(codes[index - 1]!))) {
        const end = machineTokenEnd(codes, index, length, findings)
        if (end > 0) {
          lastLetter = end
          index = end
          continue
        }
      }
      if (kind === letter) {
        const start = index
        let word = 0
        // What follows the text is 0, which is no letter.
        for (let small = lowerCase[code]!; small !== 0; small = lowerCase[codes[++index]!]!)
          word = addToWord(word, small)
        lastLetter = index
        const pair = pairOfWords(previous, word)
        words.word(word, pair, index)
        scanSpoken(text, word, start, index, findings)
        if (start - previousEnd <= mostBetween) scanSpoken(text, pair, previousStart, index, findings)
        previousEnd = index
        previous = word
        previousStart = start
      } else if (kind === digit) {
        const start = startOfToken(codes, index)
        if (isWord(codeBefore(codes, start))) index = scanDigitsWithin(text, codes, index, findings)
        else {
          const isBare = index - lastLetter >= mostBefore
          index =
            start < index
              ? scanLettered(text, codes, start, index, words.isAnnounced(index), isBare, findings)
              : scanNumber(text, codes, index, words, isBare, findings)
        }
      } else {
        if (code === at) scanEmail(text, index, findings)
        else {
          scanIpV6(text, codes, index, findings)
          scanMacAddress(text, codes, index, findings)
        }
        index++
      }
    }
  }

  return createSpanDetector({
    name: 'pii',
    lookBehind,
    maxHold,
    scan(text, ended) {
      const findings = createFindings(text.length)
      scanAll(text, findings)
      if (findings.detections.length === 0)
        return { detections: none, finalTo: finalIn(text, ended, findings) }
      const sure = findings.detections.filter(
        ({ type, start, end, confidence }) =>
          confidence >= threshold &&
          !(onlyPublic && type === 'IP' && isNobodysAddress(text.slice(start, end))),
      )
      const detections = withoutCovered(sure, piiTypes).filter(({ type }) => wanted.has(type))
      return {
        detections,
        finalTo: finalIn(text, ended, findings),
      }
    },
  })
}

const apostrophe = 39

/** Characters that a UUID, a digest or a timestamp begins with. */
const mayBeMachine = new Uint8Array(1 << 16)
for (const digit of '0123456789abcdefABCDEF') mayBeMachine[digit.charCodeAt(0)] = 1

/** Words further away say nothing of a number. */
const mostBefore = contextBefore + maxLead
const card = 1
const ssn = 2
const national = 4
/** What digits alone may be, by the lengths of their first two groups. */
const kindsByLengths = new Uint8Array(32 * 32)
const addKind = (kind: number, shapes: readonly (readonly number[])[]) => {
  for (const [first = 0, second] of shapes)
    for (let other = 0; other < 32; other++)
      if (second === undefined || second === other) kindsByLengths[32 * first + other]! |= kind
}
addKind(card, cardShapes)
addKind(ssn, ssnShapes)
addKind(national, nationalShapes)

/** Of a number without letters, that is no house's. */
const leastDigits = 6

/** Whether digits stand for themselves and are too few for anything but the number of a house; an address of the Internet has four groups. */
function isShort(run: DigitRun, codes: Uint16Array, textLength: number): boolean {
  if (run.groups > 3 || run.digits >= leastDigits || run.end >= textLength) return false
  const after = codes[run.end]!
  if (isLetter(after) || after === hyphen || after === plus || after === dot) return false
  return !isLetter(codeBefore(codes, run.start[0]!))
}

/**
 * Whether digits, so many, may begin a token that counts without words before it: the text ends with them, a letter follows, or a hyphen,
 * a plus or a dot where a personal number has one.
 */
function mayBeToken(codes: Uint16Array, end: number, length: number, textLength: number): boolean {
  if (end >= textLength) return true
  const after = codes[end]!
  if (isAsciiLetter(after) || isDigit(after)) return true
  if (after === hyphen || after === plus) return length === 6
  return after === dot && length <= 2
}

/** Start of the letters right before a digit, if any: where another digit or letter stands before them, no number or token begins. */
function startOfToken(codes: Uint16Array, index: number): number {
  let start = index
  while (start > 0 && index - start <= mostLead && isAsciiLetter(codes[start - 1]!)) start--
  return start
}

const none: Detection[] = []

function finalIn(text: string, ended: boolean, findings: Findings): number {
  return ended ? text.length : Math.min(findings.undecidedFrom(), pendingFrom(text), pendingStreet(text))
}

/** Start of what stands at the end of the text and can become part of a detection by what follows it. */
function pendingFrom(text: string): number {
  const floor = Math.max(0, text.length - maxLocalPart)
  let start = text.length
  while (start > floor && mayLead(text.charCodeAt(start - 1))) start--
  return start
}

/** Characters of a local part, of a number before its first digit, of an IPv6 address. */
function mayLead(code: number): boolean {
  return (
    isLetter(code) ||
    isDigit(code) ||
    (code >= 37 && code <= 46 && code !== 42 && code !== 44) ||
    code === 95 ||
    code === colon
  )
}
