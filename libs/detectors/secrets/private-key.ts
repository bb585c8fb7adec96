import type { Findings } from '../findings.ts'

/** Longest private key that is covered; of a longer one, the rest is not. */
export const maxPrivateKey = 8192

const header = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
const headerStart = '-----BEGIN '
const maxHeader = 96
const footerStart = '-----END '
const maxFooter = 80
const leastBody = 32
/** A shorter run of characters is a word behind a key that was cut off, unless the footer follows. */
const leastLine = 16
/** Lines such as `Proc-Type: 4,ENCRYPTED` and `Version: GnuPG v2` stand before the key itself. */
const maxPreamble = 400

/** Reports the PEM block whose `-----BEGIN` is at index `start`: complete or cut off, its line ends real or escaped. */
export function scanPrivateKey(text: string, start: number, findings: Findings): void {
  const ahead = text.slice(start, start + maxHeader)
  if (!ahead.startsWith(headerStart)) {
    if (headerStart.startsWith(ahead)) findings.looked(start, text.length)
    return
  }
  header.lastIndex = start
  const match = header.exec(text)
  if (!match) {
    if (/^-----BEGIN [A-Z0-9 ]*-{0,4}$/.test(ahead)) findings.looked(start, start + maxHeader)
    return
  }

  const bodyStart = start + match[0].length
  const limit = start + maxPrivateKey
  let index = bodyStart
  let end = bodyStart
  let body = 0
  while (index < limit) {
    while (index < limit && isGap(text, index)) index++
    if (
      text.charCodeAt(index) === hyphen &&
      footerStart.startsWith(text.slice(index, index + footerStart.length))
    ) {
      const close = text.slice(index + footerStart.length, index + maxFooter).indexOf('-----')
      findings.looked(start, close < 0 ? index + maxFooter : index + footerStart.length + close + 4)
      if (close >= 0) end = Math.min(index + footerStart.length + close + 5, limit)
      break
    }
    const lineStart = index
    while (index < limit && isKeyCharacter(text.charCodeAt(index)) && !isEscapedLineEnd(text, index)) index++
    findings.looked(start, index + 1)
    const length = index - lineStart
    if (length === 0) {
      if (body > 0 || index - bodyStart > maxPreamble || !isPreamble(text, index)) break
      index++
    } else if (length >= leastLine) {
      body += length
      end = index
    } else if (body > 0) {
      const rest = text.slice(index, index + 8).trimStart()
      findings.looked(start, index + 8)
      if (!rest.startsWith('-') && !rest.startsWith('\\')) break
      end = index
    } else if (index - bodyStart > maxPreamble) break
  }
  if (body >= leastBody) findings.found('private-key', start, end, 0.98)
}

const hyphen = 45
const backslash = 92

function isKeyCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 47 && code <= 57) ||
    code === 43 ||
    code === 61
  )
}

/** Between lines: white space, or `\n` and `\r` as strings in code and JSON write them. */
function isGap(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code === 10 || code === 13 || code === 32 || code === 9 || code === backslash) return true
  return isEscapedLineEnd(text, index)
}

function isEscapedLineEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return (code === 110 || code === 114) && text.charCodeAt(index - 1) === backslash
}

/** Punctuation of the lines before the key. */
function isPreamble(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code === hyphen) return text.charCodeAt(index + 1) !== hyphen
  return code === 58 || code === 44 || code === 46 || code === 40 || code === 41
}
