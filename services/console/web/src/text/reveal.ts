/** Characters that change how a text looks without being seen: shown by their name, so that no prompt can disguise itself. */
const names: Record<number, string> = {
  173: 'SHY',
  847: 'CGJ',
  1564: 'ALM',
  4447: 'HCF',
  4448: 'HJF',
  6158: 'MVS',
  8203: 'ZWSP',
  8204: 'ZWNJ',
  8205: 'ZWJ',
  8206: 'LRM',
  8207: 'RLM',
  8232: 'LSEP',
  8233: 'PSEP',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8288: 'WJ',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
  12644: 'HF',
  65279: 'BOM',
  65440: 'HHF',
}

// Controls except tab and line feed, soft hyphens, joiners, marks of direction, variation selectors, tags, halves of pairs, and
// marks over a character that has eight: a stack of them covers what stands above and below.
const hidden =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0]|\u034F|[\uFE00-\uFE0E]|[\u{E0000}-\u{E0FFF}]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|(?<=\p{M}{8})\p{M}/gu

export type Piece = { text: string; hidden?: { name: string; code: string } }

/** A text as pieces: what can be shown as it is, and each hidden character with its name. */
export function reveal(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(hidden)) {
    const character = match[0]
    if (isJoiningEmoji(text, match.index, character)) continue
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) })
    pieces.push({ text: character, hidden: describe(character) })
    from = match.index + character.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** Between two pictographs a joiner makes one emoji of them; anywhere else it is looked at. */
function isJoiningEmoji(text: string, at: number, character: string): boolean {
  if (character !== '\u200D') return false
  return (
    /\p{Extended_Pictographic}\uFE0F?$/u.test(text.slice(Math.max(0, at - 4), at)) &&
    /^\p{Extended_Pictographic}/u.test(text.slice(at + 1, at + 3))
  )
}

function describe(character: string): { name: string; code: string } {
  const code = character.codePointAt(0)!
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (code >= 0xe0020 && code <= 0xe007e)
    return { name: `tag ${String.fromCodePoint(code - 0xe0000)}`, code: hex }
  return { name: names[code] ?? hex, code: hex }
}
