import { dot, hyphen, slash, space } from '../characters.ts'
import type { Findings } from '../findings.ts'

const year = 0x5e74
const yearInKorean = 0xb144
const reach = 32
const mostBefore = 24

/** `1987年3月14日`, `昭和62年3月14日`, `1987년 3월 14일`, and dates in digits. */
const date = /\d{1,4}(?: ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일号號]?|([-./])\d{1,2}\1\d{1,2})(?!\d)/y
const wordsBefore = /(?:出生|生年月日|生日|誕生|诞生|诞辰|생년월일|생일|출생|태어난)[^\n\d]{0,12}$/
const wordsAfter = /^ ?(?:に?生まれ|に?生れ|出生|에? ?(?:출생|태어)|생(?![가-힣]))/

/** A date beside the words for birth of Chinese, Japanese and Korean, which stand before or after it without a space. */
export function scanBirthDate(
  text: string,
  codes: Uint16Array,
  start: number,
  digits: number,
  findings: Findings,
): void {
  if (digits > 4) return
  const end = start + digits
  const after = codes[end] === space ? codes[end + 1]! : codes[end]!
  const isNamed = after === year || after === yearInKorean
  if (!isNamed && (digits !== 4 || (after !== hyphen && after !== dot && after !== slash))) return
  const isAnnounced =
    hasWordsBefore(codes, start) && wordsBefore.test(text.slice(Math.max(0, start - mostBefore), start))
  if (!isNamed && !isAnnounced) return
  if (text.length - start < reach) findings.looked(start, text.length)
  date.lastIndex = start
  const match = date.exec(text)
  if (!match) return
  const dateEnd = start + match[0].length
  if (isAnnounced || wordsAfter.test(text.slice(dateEnd, dateEnd + 8)))
    findings.found('DATE_OF_BIRTH', start, dateEnd, 0.85)
}

/** Whether a character of East Asia stands shortly before `start`. */
function hasWordsBefore(codes: Uint16Array, start: number): boolean {
  for (let index = Math.max(0, start - mostBefore); index < start; index++)
    if (codes[index]! >= 0x3000) return true
  return false
}
