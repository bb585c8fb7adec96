import { isDigit } from '../characters.ts'
import type { Findings } from '../findings.ts'
import { entropyOf, isPlaceholder } from './plausibility.ts'

const leastId = 15
const mostId = 16
/** What apps get without a login. */
const usualSecret = 27
const mostSecret = 40
const context = /facebook|access_?token|\bfb\b/i
const contextReach = 160

/** Reports the access token of an app of Facebook: its number, the `|` at index `at`, and a secret in base64url. */
export function scanFacebookToken(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  let start = at
  while (start > 0 && at - start <= mostId && isDigit(codes[start - 1]!)) start--
  if (at - start < leastId || at - start > mostId || isInSecret(codes[start - 1] ?? 0)) return
  let end = at + 1
  while (end - at <= mostSecret + 1 && isInSecret(codes[end]!)) end++
  findings.looked(start, end)
  const length = end - at - 1
  const secret = text.slice(at + 1, end)
  if (length < usualSecret || length > mostSecret || entropyOf(secret) < 3.3 || isPlaceholder(secret)) return
  if (!/[a-z]/.test(secret) || !/[A-Z]/.test(secret)) return
  if (length > usualSecret && !context.test(text.slice(Math.max(0, start - contextReach), start))) return
  findings.found('facebook-access-token', start, end, 0.9)
}

function isInSecret(code: number): boolean {
  const lower = code | 32
  return (lower >= 97 && lower <= 122) || isDigit(code) || code === 95 || code === 45
}
