import type { Findings } from '../findings.ts'
import { isLikelyKey } from './plausibility.ts'

const maxBearer = 512
const schemes = ['bearer ', 'token ', 'basic ', 'apikey '] as const

/** Reports the credential after an authorization scheme that begins at index `at`: `Bearer …`, `Basic …`. */
export function scanBearer(text: string, at: number, findings: Findings): void {
  const ahead = text.slice(at, at + 7).toLowerCase()
  const scheme = schemes.find((name) => ahead.startsWith(name))
  if (!scheme) return
  const start = at + scheme.length
  const limit = start + maxBearer
  let index = start
  while (index < limit && isCredential(text.charCodeAt(index))) index++
  findings.looked(start, index)
  if (index === limit || index - start < 16) return
  const value = text.slice(start, index)
  if (isLikelyKey(value))
    findings.found(scheme === 'bearer ' ? 'bearer-token' : 'curl-auth-header', start, index, 0.85)
}

/** Whether a scheme may begin at index `at`, by its first three letters: `bea`, `bas`, `tok`, `api`. */
export function mayBeginScheme(codes: Uint16Array, at: number): boolean {
  const second = codes[at + 1]! | 32
  if (second !== 101 && second !== 97 && second !== 111 && second !== 112) return false
  const first = codes[at]! | 32
  const third = codes[at + 2]! | 32
  if (first === 98) return (second === 101 && third === 97) || (second === 97 && third === 115)
  return first === 116 ? second === 111 && third === 107 : first === 97 && second === 112 && third === 105
}

/** The token68 of RFC 9110. */
function isCredential(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57) ||
    code === 95 ||
    code === 126 ||
    code === 43 ||
    code === 61
  )
}
