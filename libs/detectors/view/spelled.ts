/** A part of a text that is spelled otherwise. */
export type Mark = { start: number; end: number }

export type Spelled = { text: string; marks: Mark[] }

/** A tag character, which nobody sees and models read, and a number in JSON with a fraction or an exponent. */
const token =
  /\udb40[\udc20-\udc7e]|(?<![\w.])\d{1,22}(?:\.\d{1,22}(?:[eE][+-]?\d{1,2})?|[eE][+-]?\d{1,2})(?![\w.])/g

/** What may still become one. */
const open = /\udb40$|(?<![\w.])\d[\d.eE+-]{0,48}$/

/** Fills what a spelling leaves of its place; it is not shown. */
const filler = '\u2060'
const leastDigits = 9

/**
 * A text with its tag characters (U+E0020 to U+E007E) as the ASCII characters that they spell, and whole numbers written with a
 * fraction or an exponent (`4111111111111111.0`) as their digits. Everything else keeps its place.
 * @param from what stands before is only looked at.
 */
export function spell(text: string, from = 0): Spelled {
  const marks: Mark[] = []
  if (!mayBeSpelled(text)) return { text: text.slice(from), marks }
  const spelled = text.replace(token, (written: string, start: number) => {
    const digits =
      written[0] === '\udb40' ? String.fromCharCode(written.charCodeAt(1) - 0xdc00) : digitsOf(written)
    if (digits === undefined || start < from) return written
    // Up to its last digit before the fraction or exponent a number reads as it stands.
    const plain = Math.max(0, written.search(/[.eE]/) - 1)
    marks.push({ start: start + plain, end: start + written.length })
    return digits + filler.repeat(written.length - digits.length)
  })
  return { text: spelled.slice(from), marks }
}

/** Where at the end of a text something begins that may still be spelled otherwise; else its length. */
export function openFrom(text: string): number {
  return text.length - (open.exec(text.slice(-64))?.[0].length ?? 0)
}

function mayBeSpelled(text: string): boolean {
  return text.includes('\udb40') || /\d(?:\.\d|[eE][+\d-])/.test(text)
}

/** The digits of a whole number; undefined for others, and where they would take more room. */
function digitsOf(written: string): string | undefined {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? []
  const digits = whole + fraction
  const length = whole.length + Number(exponent)
  if (length < leastDigits || length > written.length || /[1-9]/.test(digits.slice(length))) return undefined
  return digits.slice(0, length).padEnd(length, '0')
}
