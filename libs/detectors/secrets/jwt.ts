import type { Findings } from '../findings.ts'

/** Longest header, payload and signature that are covered; of longer ones, the rest is not. */
const maxParts = [1024, 6144, 1024] as const
const leastPart = 10

/** Reports the JSON Web Token that begins with the `eyJ` at index `start`: header and payload in base64url, a signature. */
export function scanJwt(text: string, start: number, findings: Findings): void {
  let index = start
  for (const [part, most] of maxParts.entries()) {
    const limit = index + most
    const partStart = index
    while (index < limit && isBase64Url(text.charCodeAt(index))) index++
    findings.looked(start, index + 3)
    if (part === 2) break
    if (part === 1 && index === limit) break
    if (index - partStart < leastPart || text.charCodeAt(index) !== 46) return
    if (part === 0 && !text.startsWith('eyJ', index + 1)) return
    index++
  }
  findings.found('jwt', start, index, 0.95)
}

function isBase64Url(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 45 ||
    code === 95
  )
}
