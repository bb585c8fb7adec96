import type { Findings } from '../findings.ts'

const maxLocal = 64
const maxDomain = 255

/** Longest address, and the character that ends it. */
export const emailReach = maxLocal + 1 + maxDomain + 1

/**
 * Reports the address around the `@` at index `at`: an unquoted local part (RFC 5322 dot-atom) and a domain of two or
 * more labels with an alphabetic top level. Latin letters with marks count as letters.
 */
export function scanEmail(text: string, at: number, findings: Findings): void {
  let start = at
  const floor = Math.max(0, at - maxLocal)
  while (start > floor && isLocal(text.charCodeAt(start - 1))) start--
  while (start < at && !isLetterOrDigit(text.charCodeAt(start))) start++
  if (start === at || text.charCodeAt(at - 1) === dot) return

  const ceiling = at + 1 + maxDomain
  let index = at + 1
  let labelStart = index
  let labels = 0
  let labelHasDigit = false
  let end = -1
  for (; index < ceiling; index++) {
    const code = text.charCodeAt(index)
    if (isLetter(code)) continue
    if (code >= 48 && code <= 57) labelHasDigit = true
    else if (code === hyphen) {
      if (index === labelStart) break
    } else {
      if (index === labelStart) break
      labels++
      if (labels > 1 && index - labelStart > 1 && !labelHasDigit && text.charCodeAt(index - 1) !== hyphen)
        end = index
      if (code !== dot) break
      labelStart = index + 1
      labelHasDigit = false
    }
  }
  findings.looked(start, index)
  if (end > 0) findings.found('EMAIL', start, end, 0.95)
}

/** Start of the run at the end of the text that an `@` to come would make a local part. */
export function pendingLocalPart(text: string): number {
  const floor = Math.max(0, text.length - maxLocal)
  let start = text.length
  while (start > floor && isLocal(text.charCodeAt(start - 1))) start--
  return start
}

const dot = 46
const hyphen = 45

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 0xc0 && code <= 0x24f)
}

function isLetterOrDigit(code: number): boolean {
  return isLetter(code) || (code >= 48 && code <= 57)
}

/** Letters, digits and the punctuation of a dot-atom that is used in practice. */
function isLocal(code: number): boolean {
  return (
    isLetterOrDigit(code) ||
    code === dot ||
    code === hyphen ||
    code === 95 ||
    code === 43 ||
    code === 37 ||
    code === 39
  )
}
