import { colon, dot, isDigit, isHexDigit, isWord, slash } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'

const maxDottedQuad = 15

/** Reports the address whose first colon is at index `at`: RFC 4291 text forms, prefix length included. */
export function scanIpV6(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  const second = codes[at + 1]!
  // A colon or a group of digits follows the first colon.
  if (second !== colon && !isHexDigit(second) && at + 1 < text.length) return
  let start = at
  while (at - start < 4 && isHexDigit(codeBefore(codes, start))) start--
  const before = codeBefore(codes, start)
  const compressedFirst = start === at
  if (before === colon || isWord(before) || (before === dot && isWord(codeBefore(codes, start - 1)))) return
  if (compressedFirst && second !== colon) {
    findings.looked(start, at + 1)
    return
  }

  let groups = 0
  let compressed = false
  let index = start
  let end = -1
  for (;;) {
    const groupStart = index
    while (index - groupStart < 5 && isHexDigit(codes[index]!)) index++
    const length = index - groupStart
    const next = codes[index]!
    if (length > 4) break
    if (next === dot && length > 0 && length <= 3 && groups > 0) {
      const quadEnd = dottedQuadEnd(codes, groupStart)
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
    if (codes[index + 1] === colon) {
      if (compressed) break
      compressed = true
      index += 2
      end = index
      if (!isHexDigit(codes[index]!)) break
    } else {
      if (length === 0 || groups === 8 || !isHexDigit(codes[index + 1]!)) break
      index++
    }
  }
  findings.looked(start, index + 2)
  if (end < 0 || (compressed ? groups > 7 : groups !== 8)) return
  const after = codes[end]!
  if (isWord(after) || ((after === colon || after === dot) && isHexDigit(codes[end + 1]!))) return
  if (compressed && !isLikelyAddress(codes, start, end, groups)) return
  findings.found('IP', start, prefixEnd(codes, end, start, findings), 0.9)
}

/** `::` and `a::b` also stand in C++ and Haskell: an address has a digit in it, or is long. */
function isLikelyAddress(codes: Uint16Array, start: number, end: number, groups: number): boolean {
  if (groups === 0) return !isWord(codeBefore(codes, start)) && codes[end] === slash
  if (groups >= 3) return true
  for (let index = start; index < end; index++) if (isDigit(codes[index]!)) return true
  return false
}

function dottedQuadEnd(codes: Uint16Array, from: number): number {
  let index = from
  for (let octet = 0; octet < 4; octet++) {
    const octetStart = index
    let value = 0
    while (index - octetStart < 3 && isDigit(codes[index]!)) value = 10 * value + codes[index++]! - 48
    if (index === octetStart || value > 255) return -1
    if (octet === 3) return index
    if (codes[index] !== dot) return -1
    index++
  }
  return -1
}

function prefixEnd(codes: Uint16Array, end: number, start: number, findings: Findings): number {
  findings.looked(start, end)
  if (codes[end] !== slash) return end
  let index = end + 1
  while (index - end <= 3 && isDigit(codes[index]!)) index++
  findings.looked(start, index)
  return index === end + 1 || isWord(codes[index]!) ? end : index
}
