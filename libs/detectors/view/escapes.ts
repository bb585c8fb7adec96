/** What an escape stands for, and where it ends. One instance is filled again for each escape. */
export type Escape = { codePoint: number; end: number }

/** There is no escape, or more characters are needed to know. */
export const notEscaped = 0
export const unfinished = 1
export const escaped = 2

export const backslash = 92
export const ampersand = 38
export const percent = 37

/** So many times one is written within another: `\\\\u0040`, `&amp;#64;`, `%2540`. */
const maxLevels = 3

/** Reads the escape of JSON and code (`\n`, `\u0040`, `\x40`), of HTML (`&amp;`, `&#64;`) or of URLs (`%40`) that begins at `at`. */
export function readEscape(
  codes: Uint16Array,
  at: number,
  length: number,
  ended: boolean,
  into: Escape,
): number {
  switch (codes[at]) {
    case backslash:
      return readBackslash(codes, at, length, ended, into)
    case ampersand:
      return readEntity(codes, at, length, ended, into)
    default:
      return readPercent(codes, at, length, ended, into)
  }
}

/** By the character after a backslash; 0 where that is no escape that is undone. */
const simple = new Uint16Array(128)
for (const [letter, code] of [
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['"', 34],
  ["'", 39],
  ['/', 47],
  ['\\', 92],
] as const)
  simple[letter.charCodeAt(0)] = code

/** Each level of JSON in a string doubles the backslashes. */
const mostBackslashes = 2 ** (maxLevels - 1)

function readBackslash(codes: Uint16Array, at: number, length: number, ended: boolean, into: Escape): number {
  let last = at
  while (last + 1 < length && codes[last + 1] === backslash && last + 1 < at + mostBackslashes) last++
  if (last + 1 >= length && !ended) return unfinished
  if (last > at && last + 1 < length && isLetterOfEscape(codes[last + 1]!)) {
    const result = readSingle(codes, last, length, ended, into)
    if (result !== notEscaped) return result
  }
  return readSingle(codes, at, length, ended, into)
}

/** n, r, t, u, x */
function isLetterOfEscape(code: number): boolean {
  return code === 110 || code === 114 || code === 116 || code === 117 || code === 120
}

function readSingle(codes: Uint16Array, at: number, length: number, ended: boolean, into: Escape): number {
  if (at + 1 >= length) return ended ? notEscaped : unfinished
  const code = codes[at + 1]!
  const plain = code < 128 ? simple[code]! : 0
  if (plain !== 0) return done(into, plain, at + 2)
  if (code === 120) return readHex(codes, at + 2, 2, length, ended, into)
  if (code !== 117) return notEscaped
  if (codes[at + 2] === 123 && at + 2 < length) return readBraced(codes, at + 3, length, ended, into)
  const result = readHex(codes, at + 2, 4, length, ended, into)
  if (result !== escaped || into.codePoint < 0xd800 || into.codePoint > 0xdbff) return result
  const high = into.codePoint
  const next = into.end
  let last = next
  while (last < length && codes[last] === backslash && last < next + mostBackslashes) last++
  if (last >= length) return ended ? escaped : unfinished
  if (last === next || codes[last] !== 117) return escaped
  const low = readHex(codes, last + 1, 4, length, ended, into)
  if (low === unfinished) return unfinished
  if (low === notEscaped || into.codePoint < 0xdc00 || into.codePoint > 0xdfff) return done(into, high, next)
  return done(into, (high - 0xd800) * 0x400 + into.codePoint - 0xdc00 + 0x10000, into.end)
}

function readHex(
  codes: Uint16Array,
  at: number,
  digits: number,
  length: number,
  ended: boolean,
  into: Escape,
): number {
  let value = 0
  for (let index = at; index < at + digits; index++) {
    if (index >= length) return ended ? notEscaped : unfinished
    const digit = hexValue(codes[index]!)
    if (digit < 0) return notEscaped
    value = value * 16 + digit
  }
  return done(into, value, at + digits)
}

function readBraced(codes: Uint16Array, at: number, length: number, ended: boolean, into: Escape): number {
  let value = 0
  for (let index = at; index < at + 7; index++) {
    if (index >= length) return ended ? notEscaped : unfinished
    if (codes[index] === 125)
      return index === at || value > 0x10ffff ? notEscaped : done(into, value, index + 1)
    const digit = hexValue(codes[index]!)
    if (digit < 0) return notEscaped
    value = value * 16 + digit
  }
  return notEscaped
}

const entities = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    sup1: '\u00b9',
    sup2: '\u00b2',
    sup3: '\u00b3',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    Tab: '\t',
    NewLine: '\n',
    commat: '@',
    period: '.',
    colon: ':',
    sol: '/',
    plus: '+',
    equals: '=',
    lowbar: '_',
    num: '#',
    dash: '-',
    hyphen: '-',
    ndash: '-',
    mdash: '-',
    minus: '-',
    shy: '\u00ad',
    zwj: '\u200d',
    zwnj: '\u200c',
    lpar: '(',
    rpar: ')',
    percnt: '%',
  }).map(([name, character]) => [name, character.charCodeAt(0)] as const),
)
const longestEntity = 7

function readEntity(
  codes: Uint16Array,
  at: number,
  length: number,
  ended: boolean,
  into: Escape,
  level = 1,
): number {
  const isNumber = codes[at + 1] === 35 && at + 1 < length
  if (isNumber) return readNumber(codes, at + 2, length, ended, into)
  let name = ''
  for (let index = at + 1; ; index++) {
    if (index >= length) return ended ? notEscaped : unfinished
    const code = codes[index]!
    if (code === 59) {
      const character = entities.get(name)
      if (character === undefined) return notEscaped
      // What follows `&amp;` is read as if it followed an ampersand.
      const inner =
        character === ampersand && level < maxLevels
          ? readEntity(codes, index, length, ended, into, level + 1)
          : notEscaped
      return inner === notEscaped ? done(into, character, index + 1) : inner
    }
    const mayFollow = isAsciiLetter(code) || (name !== '' && code >= 48 && code <= 57)
    if (name.length === longestEntity || !mayFollow) return notEscaped
    name += String.fromCharCode(code)
  }
}

function readNumber(codes: Uint16Array, from: number, length: number, ended: boolean, into: Escape): number {
  const isHex = from < length && (codes[from]! | 32) === 120
  const first = isHex ? from + 1 : from
  let value = 0
  for (let index = first; index <= first + 7; index++) {
    if (index >= length) return ended ? notEscaped : unfinished
    const code = codes[index]!
    if (code === 59)
      return index === first || value < 9 || value > 0x10ffff ? notEscaped : done(into, value, index + 1)
    const digit = hexValue(code)
    if (digit < 0 || (!isHex && digit > 9)) return notEscaped
    value = value * (isHex ? 16 : 10) + digit
  }
  return notEscaped
}

function readPercent(codes: Uint16Array, at: number, length: number, ended: boolean, into: Escape): number {
  const first = byteAt(codes, at, length, ended)
  if (first < 0) return first === -2 && !ended ? unfinished : notEscaped
  let end = byteEnd
  if (first < 128)
    return first >= 32 || first === 9 || first === 10 || first === 13 ? done(into, first, end) : notEscaped
  const more = first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0
  if (more === 0 || first >= 0xf5) return notEscaped
  let value = first & (0x3f >> more)
  for (let index = 1; index <= more; index++) {
    const byte = byteAt(codes, end, length, ended)
    if (byte === -2 && !ended) return unfinished
    if (byte < 0x80 || byte > 0xbf) return notEscaped
    value = value * 64 + (byte & 0x3f)
    end = byteEnd
  }
  const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000
  if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return notEscaped
  return done(into, value, end)
}

/** Behind the byte that was read last. */
let byteEnd = 0

/** The byte of `%40`, also where its percent sign is written as `%25`; -1 where there is none, -2 where the text ends too early to know. */
function byteAt(codes: Uint16Array, at: number, length: number, ended: boolean): number {
  if (at >= length) return -2
  if (codes[at] !== percent) return -1
  let from = at + 1
  for (let level = 1; level < maxLevels && hexPairAt(codes, from, length) === percent; level++) {
    const inner = hexPairAt(codes, from + 2, length)
    if (inner === -2 && !ended) return -2
    if (inner < 0) break
    from += 2
  }
  byteEnd = from + 2
  return hexPairAt(codes, from, length)
}

function hexPairAt(codes: Uint16Array, at: number, length: number): number {
  if (at >= length) return -2
  const high = hexValue(codes[at]!)
  if (high < 0) return -1
  if (at + 1 >= length) return -2
  const low = hexValue(codes[at + 1]!)
  return low < 0 ? -1 : 16 * high + low
}

function done(into: Escape, codePoint: number, end: number): number {
  into.codePoint = codePoint
  into.end = end
  return escaped
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}
