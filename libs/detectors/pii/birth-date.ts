import { dot, hyphen, slash } from '../characters.ts'
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
export function scanBirthDate(text: string, start: number, digits: number, findings: Findings): void {
  if (digits > 4) return
  const after = text.charCodeAt(text.charCodeAt(start + digits) === 32 ? start + digits + 1 : start + digits)
  const isNamed = after === year || after === yearInKorean
  if (!isNamed && (digits !== 4 || (after !== hyphen && after !== dot && after !== slash))) return
  const isAnnounced =
    hasWordsBefore(text, start) && wordsBefore.test(text.slice(Math.max(0, start - mostBefore), start))
  if (!isNamed && !isAnnounced) return
  if (text.length - start < reach) findings.looked(start, text.length)
  date.lastIndex = start
  const match = date.exec(text)
  if (!match) return
  const end = start + match[0].length
  if (isAnnounced || wordsAfter.test(text.slice(end, end + 8)))
    findings.found('DATE_OF_BIRTH', start, end, 0.85)
}

/** Whether a character of East Asia stands shortly before `start`. */
function hasWordsBefore(text: string, start: number): boolean {
  for (let index = Math.max(0, start - mostBefore); index < start; index++)
    if (text.charCodeAt(index) >= 0x3000) return true
  return false
}
