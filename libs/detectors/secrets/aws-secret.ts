import type { Findings } from '../findings.ts'
import { entropyOf, isPlaceholder } from './plausibility.ts'

export const awsSecretLength = 40

/**
 * Reports 40 characters of base64 that stand alone, from index `start` on: an AWS secret access key has no other mark.
 * Paths and digests of the same length are left out by their characters.
 */
export function scanAwsSecret(text: string, start: number, findings: Findings): void {
  const end = start + awsSecretLength
  findings.looked(start, end)
  if (isJoined(text.charCodeAt(start - 1)) || isJoined(text.charCodeAt(end))) return
  const value = text.slice(start, end)
  if (!/\d.*\d/.test(value) || !/[a-z].*[a-z]/.test(value) || !/[A-Z].*[A-Z]/.test(value)) return
  if (/^[0-9a-f]+$/i.test(value) || hasWord(value) || isPlaceholder(value)) return
  if (entropyOf(value) < 4.2) return
  const named = /(?:aws|secret|amazon)/i.test(text.slice(Math.max(0, start - 48), start))
  findings.found('aws-secret-access-key', start, end, named ? 0.9 : 0.6)
}

/** Characters that make the 40 a part of something longer: a URL, a hash with its name, padded base64. */
function isJoined(code: number): boolean {
  return (
    code === 45 ||
    code === 95 ||
    code === 46 ||
    code === 61 ||
    code === 64 ||
    code === 37 ||
    code === 126 ||
    code === 58 ||
    code === 36
  )
}

/** A long stretch of small letters that could be pronounced. */
function hasWord(value: string): boolean {
  const stretches = value.match(/[a-z]{7,}/g) ?? []
  return stretches.some((stretch) => !/[^aeiouy]{5}/.test(stretch))
}
