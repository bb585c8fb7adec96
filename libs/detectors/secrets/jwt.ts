import type { Findings } from '../findings.ts'

/** Longest part that is covered; of a longer one, the rest is not. */
const maxPart = 2048

/** Reports the JSON Web Token that begins with the `eyJ` at index `start`: header and payload in base64url, a signature. */
export function scanJwt(text: string, start: number, findings: Findings): void {
  let index = start
  for (let part = 0; part < 3; part++) {
    const partStart = index
    while (index - partStart < maxPart && isBase64Url(text.charCodeAt(index))) index++
    findings.looked(start, index + 3)
    if (part === 2) break
    if (index - partStart < 10 || text.charCodeAt(index) !== 46) return
    if (part === 0 && !text.startsWith('eyJ', index + 1)) return
    index++
  }
  while (text.charCodeAt(index) === 61) index++
  findings.looked(start, index)
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
