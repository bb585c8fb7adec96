import { colon, dot, isDigit, isHexDigit, isWord, slash } from '../characters.ts'
import type { Findings } from '../findings.ts'

const maxDottedQuad = 15

/** Reports the address whose first colon is at index `at`: RFC 4291 text forms, prefix length included. */
export function scanIpV6(text: string, at: number, findings: Findings): void {
  let start = at
  while (at - start < 4 && isHexDigit(text.charCodeAt(start - 1))) start--
  const before = text.charCodeAt(start - 1)
  const compressedFirst = start === at
  if (before === colon || isWord(before) || (before === dot && isWord(text.charCodeAt(start - 2)))) return
  if (compressedFirst && text.charCodeAt(at + 1) !== colon) {
    findings.looked(start, at + 1)
    return
  }

  let groups = 0
  let compressed = false
  let index = start
  let end = -1
  for (;;) {
    const groupStart = index
    while (index - groupStart < 5 && isHexDigit(text.charCodeAt(index))) index++
    const length = index - groupStart
    const next = text.charCodeAt(index)
    if (length > 4) break
    if (next === dot && length > 0 && length <= 3 && groups > 0) {
      const quadEnd = dottedQuadEnd(text, groupStart)
      findings.looked(start, groupStart + maxDottedQuad)
      if (quadEnd > 0) {
        groups += 2
        index = quadEnd
        end = quadEnd
        break
      }
    }
    if (length > 0) {
      groups++
      end = index
    }
    if (groups > 8 || next !== colon) break
    if (text.charCodeAt(index + 1) === colon) {
      if (compressed) break
      compressed = true
      index += 2
      end = index
      if (!isHexDigit(text.charCodeAt(index))) break
    } else {
      if (length === 0 || groups === 8 || !isHexDigit(text.charCodeAt(index + 1))) break
      index++
    }
  }
  findings.looked(start, index + 2)
  if (end < 0 || (compressed ? groups > 7 : groups !== 8)) return
  const after = text.charCodeAt(end)
  if (isWord(after) || ((after === colon || after === dot) && isHexDigit(text.charCodeAt(end + 1)))) return
  if (compressed && !isLikelyAddress(text, start, end, groups)) return
  findings.found('IP', start, prefixEnd(text, end, start, findings), 0.9)
}

/** `::` and `a::b` also stand in C++ and Haskell: an address has a digit in it, or is long. */
function isLikelyAddress(text: string, start: number, end: number, groups: number): boolean {
  if (groups === 0) return !isWord(text.charCodeAt(start - 1)) && text.charCodeAt(end) === slash
  if (groups >= 3) return true
  for (let index = start; index < end; index++) if (isDigit(text.charCodeAt(index))) return true
  return false
}

function dottedQuadEnd(text: string, from: number): number {
  let index = from
  for (let octet = 0; octet < 4; octet++) {
    const octetStart = index
    while (index - octetStart < 3 && isDigit(text.charCodeAt(index))) index++
    if (index === octetStart || Number(text.slice(octetStart, index)) > 255) return -1
    if (octet === 3) return index
    if (text.charCodeAt(index) !== dot) return -1
    index++
  }
  return -1
}

function prefixEnd(text: string, end: number, start: number, findings: Findings): number {
  findings.looked(start, end)
  if (text.charCodeAt(end) !== slash) return end
  let index = end + 1
  while (index - end <= 3 && isDigit(text.charCodeAt(index))) index++
  findings.looked(start, index)
  return index === end + 1 || isWord(text.charCodeAt(index)) ? end : index
}
