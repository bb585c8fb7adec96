export const space = 32
export const openParen = 40
export const closeParen = 41
export const plus = 43
export const hyphen = 45
export const dot = 46
export const slash = 47
export const colon = 58
export const at = 64

/** All of these take what `charCodeAt` returns and are false for the NaN past either end of a text. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

export function isAsciiLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
}

export function isCapital(code: number): boolean {
  return code >= 65 && code <= 90
}

/** ASCII or Latin with marks: letters that may stand in a name or an internationalised address. */
export function isLetter(code: number): boolean {
  return isAsciiLetter(code) || (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7)
}

/** Letter, digit or underscore: what a number that stands for itself does not touch. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 95
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
}
