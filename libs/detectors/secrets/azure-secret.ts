import { isDigit } from '../characters.ts'
import type { Findings } from '../findings.ts'
import { entropyOf, isPlaceholder } from './plausibility.ts'

/** Characters before the tilde: three, a digit and a `Q`. */
const before = 5
const least = 31
const most = 34

/** Reports the client secret of Microsoft Entra ID whose `Q~` has its tilde at index `at`, whatever stands before it. */
export function scanAzureSecret(codes: Uint16Array, text: string, at: number, findings: Findings): void {
  const start = at - before
  if (start < 0 || codes[at - 1] !== 81 || !isDigit(codes[at - 2]!)) return
  for (let index = start; index < at - 2; index++) if (!isInSecret(codes[index]!)) return
  if (start > 0 && isInSecret(codes[start - 1]!)) return
  let end = at + 1
  while (end - at <= most + 1 && isInSecret(codes[end]!)) end++
  findings.looked(start, end)
  const value = text.slice(start, end)
  if (end - at - 1 < least || end - at - 1 > most || entropyOf(value) < 3.3 || isPlaceholder(value)) return
  findings.found('azure-ad-client-secret', start, end, 0.9)
}

function isInSecret(code: number): boolean {
  const lower = code | 32
  return (
    (lower >= 97 && lower <= 122) ||
    isDigit(code) ||
    code === 95 ||
    code === 126 ||
    code === 46 ||
    code === 45
  )
}
