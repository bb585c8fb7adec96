import { colon, hyphen, isHexDigit, isWord } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'

const length = 17

/** Reports the address of a network card whose first separator, a colon or a hyphen, is at index `at` (IEEE 802: six octets). */
export function scanMacAddress(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  const start = at - 2
  if (start < 0) return
  const separator = codes[at]!
  const before = codeBefore(codes, start)
  if (isWord(before) || before === colon || before === hyphen) return
  let hasDigit = false
  for (let index = 0; index < length; index++) {
    const code = codes[start + index]!
    if (start + index >= text.length) {
      findings.looked(start, start + index)
      return
    }
    if (index % 3 === 2 ? code !== separator : !isHexDigit(code)) return
    if (code < 58 && code !== separator) hasDigit = true
  }
  findings.looked(start, start + length)
  const after = codes[start + length]!
  if (isWord(after) || after === separator) return
  const value = text.slice(start, start + length)
  if (hasDigit && !/^(?:00.){5}00$|^(?:ff.){5}ff$/i.test(value))
    findings.found('MAC_ADDRESS', start, start + length, 0.85)
}
