import type { Findings } from '../findings.ts'
import { isPlaceholder } from './plausibility.ts'

const maxUser = 96
const maxUrlPassword = 128

const databases =
  /(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\+srv|redis|rediss|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|couchbase|neo4j|bolt|nats|kafka|ldaps?|jdbc:[a-z]+)$/i
/** What is paid for access to Sidekiq's packages. */
const sidekiq = /^[0-9a-f]{8}:[0-9a-f]{8}@(?:gems|enterprise)\.contribsys\.com(?![\w.-])/i
const longestSidekiqHost = 28
const words = /^(?:password|passwd|pass|pwd|secret|user|username|token|[^a-z0-9]+)$/i

/** Reports the password of a URL whose `://` is at index `at`: `scheme://user:password@host`. */
export function scanUrlPassword(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  let index = at + 3
  const userLimit = index + maxUser
  while (index < userLimit && isUserInfo(codes[index]!)) index++
  if (index === userLimit || codes[index] !== 58) return
  const start = index + 1
  index = start
  const limit = start + maxUrlPassword
  while (index < limit && (isUserInfo(codes[index]!) || codes[index] === 58)) index++
  findings.looked(start, index + 1)
  if (index === limit || codes[index] !== 64 || !isHost(codes[index + 1]!)) return
  const password = text.slice(start, index)
  if (password.length < 3 || words.test(password) || isPlaceholder(password)) return
  findings.looked(start, index + longestSidekiqHost)
  const scheme = text.slice(Math.max(0, at - 24), at)
  const confidence = password.length >= 6 ? 0.9 : 0.6
  const type = databases.test(scheme)
    ? 'db-url-password'
    : sidekiq.test(text.slice(at + 3, index + longestSidekiqHost))
      ? 'sidekiq-sensitive-url'
      : 'url-password'
  findings.found(type, start, index, confidence)
}

/** What may stand in the user part without being escaped, and what people do not escape. */
function isUserInfo(code: number): boolean {
  return (
    code > 32 &&
    code !== 47 &&
    code !== 58 &&
    code !== 64 &&
    code !== 34 &&
    code !== 39 &&
    code !== 96 &&
    code !== 60 &&
    code !== 62 &&
    code !== 92
  )
}

function isHost(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 91
  )
}
