/** Control characters (C0, C1), and those that reorder or hide text. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text of strangers for a terminal: what could steer it, or deceive who reads it, becomes visible. */
export function printable(text: string): string {
  return text.replace(unprintable, visible)
}

/** The same for several lines: line breaks and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(unprintable, (character) =>
    character === '\n' || character === '\t' ? character : visible(character),
  )
}

function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
