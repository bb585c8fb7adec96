import { isDigit } from '../characters.ts'
import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import { isLikelyPassword } from './plausibility.ts'

const passwordFile = /(?:\d{2,5}|\*):[\w*.-]{1,64}:[\w*.-]{1,64}:(?=\S)/y
const maxPassword = 160
const maxHost = 80
const hostOfLine = /(?:^|\s|["'`])[\w.*-]{1,72}$/
const telegramBody = /A[\w-]{34}(?![\w-])/y

/** Reports the password of a line of `.pgpass`, `host:port:database:user:password`, whose first `:` is at index `at`. */
export function scanPasswordFile(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  const next = codes[at + 1]!
  if (next !== 42 && (next < 48 || next > 57)) return
  passwordFile.lastIndex = at + 1
  const match = passwordFile.exec(text)
  if (!match) return
  if (!hostOfLine.test(text.slice(Math.max(0, at - maxHost), at))) return
  const start = at + 1 + match[0].length
  let end = start
  while (end - start < maxPassword && text.charCodeAt(end) > 32 && text.charCodeAt(end) !== 58) end++
  findings.looked(start, end)
  if (text.charCodeAt(end) > 32) return
  if (end - start < maxPassword && isLikelyPassword(text.slice(start, end)))
    findings.found('pgpass-password', start, end, 0.75)
}

/** Reports the token of a Telegram bot: its number, the `:` at index `at`, and 35 characters that begin with A. */
export function scanTelegramToken(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  if (codes[at + 1] !== 65) return
  let start = at
  while (start > at - 16 && isDigit(codeBefore(codes, start))) start--
  if (at - start < 8) return
  telegramBody.lastIndex = at + 1
  findings.looked(start, at + 37)
  const match = telegramBody.exec(text)
  if (match) findings.found('telegram-bot-api-token', start, at + 1 + match[0].length, 0.9)
}
