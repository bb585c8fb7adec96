import { colon, hyphen, isHexDigit, isWord } from '../characters.ts'
import type { Findings } from '../findings.ts'

const length = 17

/** Reports the address of a network card whose first separator, a colon or a hyphen, is at index `at` (IEEE 802: six octets). */
export function scanMacAddress(text: string, at: number, findings: Findings): void {
  const start = at - 2
  const separator = text.charCodeAt(at)
  const before = text.charCodeAt(start - 1)
  if (start < 0 || isWord(before) || before === colon || before === hyphen) return
  let hasDigit = false
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(start + index)
    findings.looked(start, start + index)
    if (index % 3 === 2 ? code !== separator : !isHexDigit(code)) return
    if (code < 58 && code !== separator) hasDigit = true
  }
  const after = text.charCodeAt(start + length)
  findings.looked(start, start + length)
  if (isWord(after) || after === separator) return
  const value = text.slice(start, start + length)
  if (hasDigit && !/^(?:00.){5}00$|^(?:ff.){5}ff$/i.test(value))
    findings.found('MAC_ADDRESS', start, start + length, 0.85)
}
