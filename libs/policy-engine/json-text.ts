import { wholeDigits } from '@airs-cp/events'

/**
 * A text that begins like JSON, as detectors should see it: escapes of its strings are decoded, and whole numbers with a fraction
 * or an exponent (`4.111111111111111e15`) stand as their digits; everything else stands as it is, so that `{"csv":"card\n4111…"}` has a line break before the card and not the letter n. Offsets lead back to the text.
 */
export type JsonText = {
  readonly view: string
  /** Where the character at this offset of the view begins in the text. */
  toText(offset: number): number
}

/** A part of a text and what stands there instead. */
export type Change = { start: number; end: number; text: string }

/** Whether a text is taken for JSON, by its beginning alone; undefined while that is too short to decide. */
export function beginsAsJson(text: string): boolean | undefined {
  const at = skipSpace(text, 0)
  if (at > maxSpace) return false
  if (at === text.length) return undefined
  const opening = text[at]
  if (opening !== '{' && opening !== '[') return false
  const next = skipSpace(text, at + 1)
  if (next - at > maxSpace) return false
  const follows = text[next]
  if (follows === undefined) return undefined
  return opening === '{' ? follows === '"' || follows === '}' : '"{['.includes(follows)
}

const maxSpace = 64

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

/** JSON in a string of JSON in a string: no client nests it deeper. */
export const maxLevels = 3
const holdsJson = /"\s*[[{]\s*["[{]/

/** The view of a whole text; undefined where the text is no JSON, or reads the same. */
export function jsonText(text: string): JsonText | undefined {
  if (!mayDecode(text) && !mayHoldNumbers(text)) return undefined
  for (const slices = jsonTextInSlices(text, text.length); ; ) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

function mayDecode(text: string): boolean {
  return beginsAsJson(text) === true && text.includes('\\')
}

function mayHoldNumbers(text: string): boolean {
  return /^\s*[[{]/.test(text) && text.search(/\d[.eE]/) !== -1 && isWholeJson(text)
}

/** The same for a long text: a step decodes so many characters of it. */
export function* jsonTextInSlices(
  text: string,
  characters: number,
): Generator<undefined, JsonText | undefined, undefined> {
  let found: JsonText | undefined
  for (let level = 0; level < maxLevels; level++) {
    const outer = found
    if (outer ? !(outer.view.includes('\\') && holdsJson.test(outer.view)) : !mayDecode(text)) break
    const inner = yield* throughInSlices(outer?.view ?? text, createJsonDecoder(), characters)
    if (!inner) break
    found = beneath(outer, inner)
  }
  if (!mayHoldNumbers(text)) return found
  const numbers = yield* throughInSlices(found?.view ?? text, createNumberReader(), characters)
  return numbers ? beneath(found, numbers) : found
}

function beneath(outer: JsonText | undefined, inner: JsonText): JsonText {
  return outer ? { ...inner, toText: (offset) => outer.toText(inner.toText(offset)) } : inner
}

/** Undefined where the text reads the same. */
function* throughInSlices(
  text: string,
  reader: JsonReader,
  characters: number,
): Generator<undefined, JsonText | undefined, undefined> {
  let view = ''
  for (let from = 0; from < text.length; from += characters) {
    view += reader.push(text.slice(from, from + characters))
    yield
  }
  view += reader.end()
  return reader.isOther() ? { view, toText: reader.toText } : undefined
}

/** A text as detectors should see it, as it arrives. */
export type TextView = {
  /** What it shows from now on; nothing while it may still begin as JSON or not. */
  push(piece: string): string
  end(): string
  /** Where the character at this offset of the view begins in the text. */
  toText(offset: number): number
  isJson(): boolean
}

/** The same view as `jsonText`'s, but that JSON in a string of JSON is decoded from where it begins. */
export function createTextView(): TextView {
  const levels = Array.from({ length: maxLevels }, () => ({
    decoder: createJsonDecoder(),
    last: '',
    decodes: false,
  }))
  levels[0]!.decodes = true
  const numbers = createNumberReader()
  let begun = ''
  let isJson: boolean | undefined

  const through = (piece: string, finish: boolean) => {
    const shown = numbers.push(decode(piece, finish))
    return finish ? shown + numbers.end() : shown
  }
  const decode = (piece: string, finish: boolean) =>
    levels.reduce((text, level) => {
      let shown = ''
      let rest = text
      if (!level.decodes) {
        const window = level.last + text
        const nested = holdsJson.exec(window)
        level.decodes = nested !== null
        const from = nested ? Math.max(0, nested.index - level.last.length) : text.length
        level.last = window.slice(-maxSpace)
        shown = level.decoder.pass(text.slice(0, from))
        rest = text.slice(from)
      }
      if (level.decodes) shown += level.decoder.push(rest)
      return finish && level.decodes ? shown + level.decoder.end() : shown
    }, piece)

  return {
    push(piece) {
      if (isJson === undefined) {
        begun += piece
        isJson = beginsAsJson(begun)
        if (isJson === undefined) return ''
        const all = begun
        begun = ''
        return isJson ? through(all, false) : all
      }
      return isJson ? through(piece, false) : piece
    },
    end() {
      isJson ??= false
      const rest = begun
      begun = ''
      return isJson ? through('', true) : rest
    },
    toText: (offset) =>
      isJson ? levels.reduceRight((at, { decoder }) => decoder.toText(at), numbers.toText(offset)) : offset,
    isJson: () => isJson === true,
  }
}

/** Reads a JSON text that arrives in pieces in another way. */
type JsonReader = {
  push(piece: string): string
  /** What was waited with, since it could have become something else. */
  end(): string
  toText(offset: number): number
  /** What was shown is not what came. */
  isOther(): boolean
}

/** Decodes the escapes. */
export type JsonDecoder = JsonReader & {
  /** Takes a piece as it stands. */
  pass(piece: string): string
}

const single: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
}

/** Where a view has fewer or more characters than its text. Memory: two numbers for each place. */
function createShifts() {
  /** For each place, the offset of its character in the view, and how much longer the text is from behind it on. */
  const offsets: number[] = []
  const shifts: number[] = []
  let shift = 0
  return {
    add(offset: number, by: number): void {
      shift += by
      offsets.push(offset)
      shifts.push(shift)
    },
    toText(offset: number): number {
      let low = 0
      let high = offsets.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (offsets[middle]! < offset) low = middle + 1
        else high = middle
      }
      return offset + (low === 0 ? 0 : shifts[low - 1]!)
    },
    any: () => offsets.length > 0,
  }
}

export function createJsonDecoder(): JsonDecoder {
  const shifts = createShifts()
  let viewLength = 0
  let rest = ''

  return {
    push(piece) {
      const text = rest + piece
      rest = ''
      let view = ''
      let from = 0
      for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', from)) {
        view += text.slice(from, at)
        const length = text[at + 1] === 'u' ? 6 : 2
        if (text.length < at + length) {
          rest = text.slice(at)
          viewLength += view.length
          return view
        }
        const decoded = decodeEscape(text.slice(at, at + length))
        from = at + (decoded === undefined ? 2 : length)
        view += decoded ?? text.slice(at, from)
        if (decoded !== undefined) shifts.add(viewLength + view.length - 1, length - 1)
      }
      view += text.slice(from)
      viewLength += view.length
      return view
    },
    pass(piece) {
      viewLength += piece.length
      return piece
    },
    end() {
      const view = rest
      viewLength += view.length
      rest = ''
      return view
    },
    toText: shifts.toText,
    isOther: shifts.any,
  }
}

/** Fewer digits name nobody. */
const leastDigits = 12
/** A longer number is no whole one that is looked for. */
const longestNumber = 48
/** What may stand before a number, and so much of it is kept. */
const beforeNumber = 12
/** A number with a fraction or an exponent that is a value of JSON by what is around it. */
const numberInJson =
  /(?=\d)(?<=[:[,]\s{0,9}-?)\d+(?:\.\d+(?:[eE][+-]?\d{1,3})?|[eE][+-]?\d{1,3})(?=[\s,\]}]|$)/g
/** What may still become one. */
const openNumber = /(?<=[:[,]\s{0,9}-?)\d[\d.eE+-]{0,48}$/

function digitsBeforeZeros(digits: string): number {
  let length = digits.length
  while (length > 0 && digits[length - 1] === '0') length--
  return length
}

/** Shows whole numbers as their digits. Waits at most for the end of one. */
function createNumberReader(): JsonReader {
  const shifts = createShifts()
  let before = ''
  let rest = ''
  let viewLength = 0

  function show(text: string, to: number): string {
    const whole = before + text
    let view = ''
    let from = before.length
    const end = from + to
    for (const { index, 0: written } of whole.matchAll(numberInJson)) {
      if (index < from || index >= end || written.length > longestNumber) continue
      const digits = wholeDigits(written)
      if (digits === undefined || digitsBeforeZeros(digits) < leastDigits) continue
      view += whole.slice(from, index) + digits
      from = index + written.length
      const last = viewLength + view.length - 1
      const more = digits.length - written.length
      for (let behind = more; behind > 0; behind--) shifts.add(last - behind, -1)
      if (more < 0) shifts.add(last, -more)
    }
    view += whole.slice(from, end)
    viewLength += view.length
    before = whole.slice(0, end).slice(-beforeNumber)
    rest = text.slice(to)
    return view
  }

  return {
    push(piece) {
      const text = rest + piece
      const tail = (before + text).slice(-longestNumber - beforeNumber)
      const open = openNumber.exec(tail)?.[0].length ?? 0
      return show(text, text.length - (open > longestNumber ? 0 : open))
    },
    end: () => show(rest, rest.length),
    toText: shifts.toText,
    isOther: shifts.any,
  }
}

function decodeEscape(written: string): string | undefined {
  if (written[1] !== 'u') return single[written[1]!]
  return /^\\u[0-9a-fA-F]{4}$/.test(written)
    ? String.fromCharCode(Number.parseInt(written.slice(2), 16))
    : undefined
}

/** Where a reader of a JSON text stands. */
export type JsonPlace = {
  inString: boolean
  /** Where the number or word began that is not over yet; -1 where there is none. */
  wordStart: number
  /** What has come of an escape, and where that begins. */
  escape: string
  escapeStart: number
  /** What the string that is open says, which may be JSON once more: as much of it as is not decided yet, or where it stands. */
  inner: { begun: string } | JsonPlace | undefined
}

export const jsonStart: JsonPlace = {
  inString: false,
  wordStart: -1,
  escape: '',
  escapeStart: 0,
  inner: undefined,
}

/** The same place in a text that begins so many characters earlier. */
export function shifted(place: JsonPlace, by: number): JsonPlace {
  const { wordStart, escapeStart, inner } = place
  return {
    ...place,
    escapeStart: escapeStart + by,
    wordStart: wordStart === -1 ? -1 : wordStart + by,
    inner: inner && isPlace(inner) ? shifted(inner, by) : inner && { ...inner },
  }
}

/** Where the number or word began that is not over yet at a place, in whichever JSON it stands; -1 where there is none. */
export function openWord(place: JsonPlace): number {
  const { level } = innermost(place)
  return level.inString ? -1 : level.wordStart
}

/** Reads on from one offset to another. Offsets do not lie within an escape. */
export function readJsonOn(text: string, from: number, to: number, start: JsonPlace): JsonPlace {
  const place = shifted(start, 0)
  for (let at = from; at < to; ) at = step(place, text, at, to)
  return place
}

const [quote, backslash] = ['"', '\\']
const isWord = /[\w.+-]/
/** So much of a string says whether it is JSON. */
const maxBegun = 2 * maxSpace

function isPlace(inner: NonNullable<JsonPlace['inner']>): inner is JsonPlace {
  return 'inString' in inner
}

/** The innermost JSON at a place, and in how many strings it stands. */
function innermost(place: JsonPlace): { level: JsonPlace; depth: number } {
  let level = place
  let depth = 0
  while (level.inString && level.inner && isPlace(level.inner)) {
    level = level.inner
    depth++
  }
  return { level, depth }
}

function levelAt(place: JsonPlace, depth: number): JsonPlace | undefined {
  let level: JsonPlace | undefined = place
  for (let at = 0; at < depth && level; at++)
    level = level.inString && level.inner && isPlace(level.inner) ? level.inner : undefined
  return level
}

/** Reads a character, or a run of them in a string that is no JSON. @returns where the next one begins. */
function step(place: JsonPlace, text: string, at: number, to: number): number {
  if (place.inString && place.inner === undefined && place.escape === '') {
    let end = at
    while (end < to && text[end] !== quote && text[end] !== backslash) end++
    if (end > at) return end
  }
  take(place, text[at]!, at, 0)
  return at + 1
}

/** The same of a whole character, which escapes in several strings may say. */
function stepWhole(place: JsonPlace, text: string, at: number, to: number): number {
  let next = step(place, text, at, to)
  while (!isBetween(place) && next < text.length) next = step(place, text, next, to)
  return next
}

/** No escape is open at a place, in any of the strings around it. */
function isBetween({ escape: open, inner }: JsonPlace): boolean {
  return open === '' && (!inner || !isPlace(inner) || isBetween(inner))
}

/** @param at where the character stands, or the escapes that say it begin. */
function take(place: JsonPlace, character: string, at: number, depth: number): void {
  if (!place.inString) {
    if (character === quote) {
      place.inString = true
      place.wordStart = -1
      place.inner = depth + 1 < maxLevels ? { begun: '' } : undefined
    } else if (!isWord.test(character)) place.wordStart = -1
    else if (place.wordStart === -1) place.wordStart = at
    return
  }
  if (place.escape !== '') {
    place.escape += character
    if (place.escape[1] === 'u' && place.escape.length < 6) return
    const said = decodeEscape(place.escape) ?? character
    place.escape = ''
    takeInner(place, said, place.escapeStart, depth)
  } else if (character === backslash) {
    place.escape = backslash
    place.escapeStart = at
  } else if (character === quote) {
    place.inString = false
    place.inner = undefined
  } else takeInner(place, character, at, depth)
}

function takeInner(place: JsonPlace, said: string, at: number, depth: number): void {
  const { inner } = place
  if (!inner) return
  if (isPlace(inner)) {
    take(inner, said, at, depth + 1)
    return
  }
  inner.begun += said
  const isJson = beginsAsJson(inner.begun)
  if (isJson) place.inner = { ...jsonStart }
  else if (isJson === false || inner.begun.length > maxBegun) place.inner = undefined
  if (isJson && said === quote) take(place.inner as JsonPlace, said, at, depth + 1)
}

/**
 * The changes that put names in the place of parts of a JSON text, so that it stays JSON, and JSON in its strings too: what stands
 * in strings is replaced there, a number becomes a string, and what is between them stays.
 * @param parts sorted and apart from each other.
 * @param start where `from` is.
 */
export function changesInJson(
  text: string,
  parts: readonly Change[],
  from = 0,
  start: JsonPlace = jsonStart,
): Change[] {
  const changes: Change[] = []
  const place = shifted(start, 0)
  let at = from
  for (const part of parts) {
    while (at < part.start) at = stepWhole(place, text, at, part.start)
    let name = part.text
    while (at < part.end) {
      const { level, depth } = innermost(place)
      const begin = at
      let end = at
      if (level.inString) {
        while (at < part.end) {
          at = stepWhole(place, text, at, part.end)
          if (!levelAt(place, depth)?.inString) break
          end = at
        }
        if (end === begin) continue
        changes.push({ start: begin, end, text: name })
      } else {
        const word = level.wordStart
        at = stepWhole(place, text, at, part.end)
        if (!isInWord(place, depth)) continue
        for (end = at; at < text.length; end = at) {
          at = stepWhole(place, text, at, text.length)
          if (!isInWord(place, depth)) break
        }
        changes.push({ start: word === -1 ? begin : word, end, text: quoted(name, depth) })
      }
      name = ''
    }
  }
  return changes
}

function isInWord(place: JsonPlace, depth: number): boolean {
  const level = levelAt(place, depth)
  return level !== undefined && !level.inString && level.wordStart !== -1
}

/** How the inside of a string at a place writes a text. */
export function writtenIn(place: JsonPlace, text: string): string {
  let written = text
  for (let level = innermost(place).depth; level >= 0; level--) written = JSON.stringify(written).slice(1, -1)
  return written
}

/** A string, as it is written within so many strings. */
function quoted(name: string, depth: number): string {
  let written = JSON.stringify(name)
  for (let level = 0; level < depth; level++) written = JSON.stringify(written).slice(1, -1)
  return written
}

/** Whether a whole text is JSON: by its beginning, or as a list of numbers and words. */
export function isWholeJson(text: string): boolean {
  if (beginsAsJson(text)) return true
  if (!/^\s*\[\s*[-\dtfn]/.test(text.slice(0, 2 * maxSpace))) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A text with its changes made. */
export function changed(text: string, changes: readonly Change[]): string {
  let result = ''
  let at = 0
  for (const { start, end, text: instead } of changes) {
    result += text.slice(at, start) + instead
    at = end
  }
  return result + text.slice(at)
}
