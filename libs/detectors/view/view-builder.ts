import { codesOf } from '../codes.ts'
import {
  hidden,
  isForeignLetter,
  lookalikes,
  scriptDigits,
  shownAs,
  shownAsSeveral,
  shownForAstral,
} from './characters.ts'
import { createEncodedRunFinder, type EncodedRun } from './encoded-runs.ts'
import { ampersand, backslash, type Escape, escaped, percent, readEscape, unfinished } from './escapes.ts'
import { createOffsets } from './offsets.ts'

/** Makes the view of a text that arrives in pieces. However it is cut, the view is that of the whole. */
export type ViewBuilder = {
  /** The next part of the view. What a continuation may still change is not in it. */
  push(text: string): string
  /** The text is complete: the rest of the view. */
  end(): string
  startOf(index: number): number
  endOf(index: number): number
  /** Encoded runs that are new. */
  takeRuns(): EncodedRun[]
  /** Start of a run at the end that may be encoded text; else the length of the view. */
  openFrom(): number
  forget(index: number): void
}

/** More characters in a row that nobody sees are shown as they are: no text in use has so many. */
const mostHidden = 1024
/** More look-alikes in a row are a word of their own script. */
const mostLookalikes = 32

const kindOther = 1
const kindEscape = 2

/** 0 for what is shown as it is. */
const kinds = new Uint8Array(1 << 16)
for (let code = 0; code < kinds.length; code++)
  if (
    shownAs[code] !== 0 ||
    lookalikes[code] !== 0 ||
    scriptDigits[code] !== 0 ||
    (code >= 0xd800 && code <= 0xdbff)
  )
    kinds[code] = kindOther
for (const code of shownAsSeveral.keys()) kinds[code] = kindOther
for (const code of [backslash, ampersand, percent]) kinds[code] = kindEscape

/** Whether a view of this text differs from it. */
export function isPlain(codes: Uint16Array, length: number): boolean {
  for (let index = 0; index < length; index++) if (kinds[codes[index]!] !== 0) return false
  return true
}

/** The end of the view, while a piece is read: one builder after the other uses it. */
let units = new Uint16Array(1 << 12)

function grow(): void {
  const larger = new Uint16Array(2 * units.length)
  larger.set(units)
  units = larger
}

export function createViewBuilder(): ViewBuilder {
  const offsets = createOffsets()
  const runs = createEncodedRunFinder()
  const sequence: Escape = { codePoint: 0, end: 0 }
  let size = 0
  let shown = 0
  /** What of the text is not yet decided on, from `base` on. */
  let tail = ''
  let base = 0
  let lastTo = 0
  let lastShown = 0
  let hiddenInRow = 0
  /** The view had so many units after the last superscript or subscript digit that is shown as a digit. */
  let scriptTo = -1
  /** Look-alikes that wait for what follows them: code, from, to. */
  const waiting: number[] = []

  const put = (code: number, from: number, to: number) => {
    if (size === units.length) grow()
    units[size++] = code
    if (from !== lastTo || to !== from + 1) offsets.add(shown, from, to)
    shown++
    lastTo = to
    lastShown = code
  }

  /** Shows what follows a plain character as it is, up to the next one that is not plain, and returns its index. */
  const copyPlain = (codes: Uint16Array, from: number, length: number): number => {
    let index = from
    while (index < length && kinds[codes[index]!] === 0) index++
    if (index === from) return from
    while (units.length < size + index - from) grow()
    for (let at = from; at < index; at++) units[size++] = codes[at]!
    shown += index - from
    lastTo += index - from
    lastShown = codes[index - 1]!
    return index
  }

  /** Decides on the look-alikes before a character (0 for the end): within a word in ASCII they are folded. */
  const settle = (next: number) => {
    if (waiting.length === 0) return
    const isForeign = isForeignLetter(lastShown) || isForeignLetter(next)
    const isAscii = isAsciiWord(lastShown) || isAsciiWord(next)
    const folds = isAscii && !isForeign && waiting.length <= 3 * mostLookalikes
    for (let index = 0; index < waiting.length; index += 3) {
      const code = waiting[index]!
      put(folds ? lookalikes[code]! : code, waiting[index + 1]!, waiting[index + 2]!)
    }
    waiting.length = 0
  }

  const place = (code: number, from: number, to: number) => {
    hiddenInRow = 0
    if (lookalikes[code] !== 0 && shownAs[code] === 0) {
      if (waiting.length > 3 * mostLookalikes) settle(code)
      waiting.push(code, from, to)
      return
    }
    settle(code)
    put(code, from, to)
  }

  const hide = (code: number, from: number, to: number) => {
    if (hiddenInRow++ >= mostHidden) {
      settle(code)
      put(code, from, to)
    }
  }

  const showCodePoint = (codePoint: number, from: number, to: number) => {
    if (codePoint > 0xffff) {
      const as = shownForAstral(codePoint)
      if (as === hidden) hide(0xfffd, from, to)
      else if (as !== 0) place(as, from, to)
      else {
        place(0xd800 + ((codePoint - 0x10000) >> 10), from, to)
        place(0xdc00 + ((codePoint - 0x10000) & 0x3ff), from, to)
      }
      return
    }
    const as = shownAs[codePoint]!
    if (as === hidden) hide(codePoint, from, to)
    else if (as !== 0) place(as, from, to)
    else {
      const several = shownAsSeveral.get(codePoint)
      if (several === undefined) place(codePoint, from, to)
      else for (let index = 0; index < several.length; index++) place(several.charCodeAt(index), from, to)
    }
  }

  const nextSequence: Escape = { codePoint: 0, end: 0 }
  /** The code at `at`, which may be written as an escape; 0 for the end, -1 where more characters are needed to know. */
  const peek = (codes: Uint16Array, at: number, length: number, ended: boolean): number => {
    if (at >= length) return ended ? 0 : -1
    if (kinds[codes[at]!] !== kindEscape) return codes[at]!
    const result = readEscape(codes, at, length, ended, nextSequence)
    if (result === unfinished) return -1
    return result === escaped && nextSequence.codePoint <= 0xffff ? nextSequence.codePoint : codes[at]!
  }

  const showScript = (code: number, next: number, from: number, to: number) => {
    const begins = waiting.length === 0 && (scriptTo === shown || !isAsciiWord(lastShown))
    const isDigit = begins || isAsciiWord(next) || scriptDigits[next] !== 0
    place(isDigit ? scriptDigits[code]! : code, from, to)
    if (isDigit) scriptTo = shown
  }

  /** Reads the characters that can be decided on, and returns how many they are. */
  const read = (codes: Uint16Array, length: number, ended: boolean): number => {
    let index = 0
    while (index < length) {
      const code = codes[index]!
      const kind = kinds[code]!
      if (kind === 0) {
        place(code, base + index, base + index + 1)
        index = copyPlain(codes, index + 1, length)
      } else if (kind === kindEscape) {
        const result = readEscape(codes, index, length, ended, sequence)
        if (result === unfinished) return index
        if (result === escaped && sequence.codePoint <= 0xffff && scriptDigits[sequence.codePoint] !== 0) {
          const next = peek(codes, sequence.end, length, ended)
          if (next < 0) return index
          showScript(sequence.codePoint, next, base + index, base + sequence.end)
        } else if (result === escaped) showCodePoint(sequence.codePoint, base + index, base + sequence.end)
        else place(code, base + index, base + index + 1)
        index = result === escaped ? sequence.end : index + 1
      } else if (code >= 0xd800 && code <= 0xdbff) {
        if (index + 1 === length && !ended) return index
        const low = index + 1 < length ? codes[index + 1]! : 0
        if (low >= 0xdc00 && low <= 0xdfff) {
          const codePoint = (code - 0xd800) * 0x400 + low - 0xdc00 + 0x10000
          const as = shownForAstral(codePoint)
          if (as === 0) {
            place(code, base + index, base + index + 1)
            place(low, base + index + 1, base + index + 2)
          } else showCodePoint(codePoint, base + index, base + index + 2)
          index += 2
        } else place(code, base + index, base + ++index)
      } else if (scriptDigits[code] !== 0) {
        const next = peek(codes, index + 1, length, ended)
        if (next < 0) return index
        showScript(code, next, base + index, base + index + 1)
        index++
      } else {
        showCodePoint(code, base + index, base + index + 1)
        index++
      }
    }
    return index
  }

  const step = (text: string, ended: boolean): string => {
    const piece = tail + text
    const codes = codesOf(piece)
    size = 0
    if (waiting.length === 0 && hiddenInRow === 0 && isPlain(codes, piece.length)) {
      if (piece.length === 0) return ''
      shown += piece.length
      base += piece.length
      lastTo = base
      lastShown = codes[piece.length - 1]!
      tail = ''
      runs.push(codes, piece.length)
      return piece
    }
    const used = read(codes, piece.length, ended)
    tail = piece.slice(used)
    base += used
    if (ended) settle(0)
    runs.push(units, size)
    return textOf(units, size)
  }

  return {
    push: (text) => step(text, false),
    end() {
      const rest = step('', true)
      runs.end()
      return rest
    },
    startOf: offsets.startOf,
    endOf: offsets.endOf,
    takeRuns: runs.take,
    openFrom: runs.openFrom,
    forget: offsets.forget,
  }
}

function textOf(units: Uint16Array, size: number): string {
  return Buffer.from(units.buffer, 0, 2 * size).toString('utf16le')
}

function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
}
