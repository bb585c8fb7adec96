import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { entropyOf, isLikelyKey, isLikelyPassword, isPlaceholder } from './plausibility.ts'

const maxCredential = 160
const userOption = /(?:^|\s)(?:-u|--user|--proxy-user)[ =]{0,5}$/
const optionReach = 20
const mostSpaces = 5
const curl = /\bcurl\b/
/** How far before its arguments the name of a command may stand. */
const commandReach = 420

/**
 * Reports the password of `-u user:password`, whose `:` is at index `at`, and the user where the password is empty, as keys
 * are given. Where the command is curl, a password need not look like one.
 */
export function scanBasicUser(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  const next = codes[at + 1]!
  // A password or a quote follows.
  if (!isCredential(next) && !isQuote(next) && at + 1 < text.length) return
  const before = codeBefore(codes, at)
  const userEnd = isQuote(before) && isQuote(next) ? at - 1 : at
  let userStart = userEnd
  const floor = Math.max(0, userEnd - 64)
  while (userStart > floor && isUser(codes[userStart - 1]!)) userStart--
  const quote = codeBefore(codes, userStart)
  const optionEnd = isQuote(quote) ? userStart - 1 : userStart
  if (!mayEndOption(codes, optionEnd)) return
  if (!userOption.test(text.slice(Math.max(0, optionEnd - optionReach), optionEnd))) return

  findings.looked(at, at + 1)
  const start = isQuote(next) && (userEnd < at || quote !== next) ? at + 2 : at + 1
  let index = start
  while (index - start < maxCredential && isCredential(text.charCodeAt(index))) index++
  findings.looked(userStart, index)
  if (index - start === maxCredential) return
  const user = text.slice(userStart, userEnd)
  const password = text.slice(start, index)
  if (password === '') {
    if (text.charCodeAt(index) !== quote || !isQuote(quote) || !keyCharacters.test(user)) return
    if (isCurl(text, optionEnd) && (isLikelyPassword(user) || isLikelyKey(user)))
      findings.found('curl-auth-user', userStart, userEnd, 0.8)
  } else if (isLikelyPassword(password) || (isCurl(text, optionEnd) && isAnyPassword(password)))
    findings.found('curl-auth-user', start, index, 0.8)
}

/** Of a key in the place of a user: a text in pieces is held where it ends with them. */
const keyCharacters = /^[\w+/.~-]+$/

/** Words that examples have for a password, and what a shell replaces. */
const standIn =
  /^(?:(?:pass|passw(?:or)?d|pwd|secret|test|token|changeme|changeit|user(?:name)?)$|\$|\{\{|\[)|\$[({]/i

function isAnyPassword(value: string): boolean {
  return value.length >= 5 && entropyOf(value) >= 2 && !standIn.test(value) && !isPlaceholder(value)
}

const headerOption =
  /(?:-H|--header)[ =]{0,5}["'](?:authorization|(?:x-)?(?:[a-z]{1,24}-)?(?:api-?)?(?:key|token))$/i
const headerReach = 72
const headerValue = /:[ \t]{0,5}(?:(?:basic|bearer|(?:api-)?token|apikey) )?([\w=~@.+/-]{8,512})(?=["'])/iy

/** Reports the key in a header of a call of curl, the `:` of which is at index `at`: `-H 'X-Api-Key: …'`, `-H "Authorization: …"`. */
export function scanCurlHeader(text: string, at: number, findings: Findings): void {
  if (!headerOption.test(text.slice(Math.max(0, at - headerReach), at)) || !isCurl(text, at - headerReach))
    return
  headerValue.lastIndex = at
  findings.looked(at, at + 512 + 24)
  const value = headerValue.exec(text)?.[1]
  if (value === undefined || entropyOf(value) < 2.75 || isPlaceholder(value)) return
  if (!/\d/.test(value) && !isLikelyKey(value)) return
  const end = headerValue.lastIndex
  findings.found('curl-auth-header', end - value.length, end, 0.85)
}

/** Whether curl is called not far before `end`. */
function isCurl(text: string, end: number): boolean {
  return curl.test(text.slice(Math.max(0, end - commandReach), end + headerReach))
}

/** Whether the last letter of one of the options stands before `end`, or before the spaces or the `=` there. */
function mayEndOption(codes: Uint16Array, end: number): boolean {
  let at = end
  for (let space = 0; space < mostSpaces && isGap(codeBefore(codes, at)); space++) at--
  const letter = codeBefore(codes, at)
  return letter === 117 || letter === 114
}

function isGap(code: number): boolean {
  return code === 32 || code === 61
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39
}

function isUser(code: number): boolean {
  return code !== 58 && isCredential(code)
}

function isCredential(code: number): boolean {
  return code > 32 && code !== 34 && code !== 39 && code !== 96 && code !== 92 && code !== 60 && code !== 62
}
