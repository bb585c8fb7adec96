const tag = /\udb40[\udc20-\udc7e]/g

/** What fills the second half of a tag character's place, and is not shown. */
const filler = '\u2060'

/**
 * A text with its tag characters (U+E0020 to U+E007E), which nobody sees and models read, as the ASCII characters that they spell.
 * Every other character keeps its place.
 */
export function spellTags(text: string): string {
  return text.replace(tag, (pair) => String.fromCharCode(pair.charCodeAt(1) - 0xdc00) + filler)
}

/** Where tag characters begin in a text; most texts have none. */
export function tagsIn(text: string): number[] {
  return text.includes('\udb40') ? [...text.matchAll(tag)].map(({ index }) => index) : []
}
