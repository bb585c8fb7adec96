import type { Findings } from '../findings.ts'
import { isLikelyPassword } from './plausibility.ts'

const maxCredential = 160
const option = /(?:^|\s)(?:-u|--user|--proxy-user)[ =]?$/
const optionReach = 14

/** Reports the password of `curl -u user:password`, whose `:` is at index `at`. */
export function scanBasicUser(text: string, at: number, findings: Findings): void {
  let userStart = at
  const floor = Math.max(0, at - 64)
  while (userStart > floor && isUser(text.charCodeAt(userStart - 1))) userStart--
  const quote = text.charCodeAt(userStart - 1)
  const isQuoted = quote === 34 || quote === 39
  const optionEnd = isQuoted ? userStart - 1 : userStart
  if (!mayEndOption(text, optionEnd)) return
  if (userStart === at || !option.test(text.slice(Math.max(0, optionEnd - optionReach), optionEnd))) return
  const start = at + 1
  let index = start
  while (index - start < maxCredential && isCredential(text.charCodeAt(index))) index++
  findings.looked(start, index)
  if (index - start === maxCredential) return
  if (isLikelyPassword(text.slice(start, index))) findings.found('curl-auth-user', start, index, 0.8)
}

/** Whether the last letter of one of the options stands before `end`, or before the space or `=` there. */
function mayEndOption(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1)
  const letter = last === 32 || last === 61 ? text.charCodeAt(end - 2) : last
  return letter === 117 || letter === 114
}

function isUser(code: number): boolean {
  return code !== 58 && isCredential(code)
}

function isCredential(code: number): boolean {
  return code > 32 && code !== 34 && code !== 39 && code !== 96 && code !== 92 && code !== 60 && code !== 62
}
