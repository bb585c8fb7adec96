import type { Findings } from '../findings.ts'
import { isLikelyKey, isLikelyPassword, isPlaceholder } from './plausibility.ts'

/** How far before the `=` or `:` the name may begin. */
const maxName = 72
const maxValue = 160
const maxGap = 6
const leastOtherKey = 20

/** The last words of a name say what its value is. */
const passwordName =
  /(?:^|[_.\- ]|(?<=[a-z0-9]))(?:password|passwd|passphrase|pwd|passwort|contrase[nñ]a|mot_?de_?passe|senha|pass)(?:\d|_?(?:value|text|prod|dev|db|hash_?salt))?$/i
const keyName =
  /(?:^|[_.\- ]|(?<=[a-z0-9]))(?:api[_. -]?keys?|apikey|access[_. -]?keys?|secret[_. -]?access[_. -]?key|(?:secret|private|auth|encryption|encrypt|signing|sign|service|client|app|application|account|shared|master|license|admin|session|jwt|hmac|crypto|deploy|webhook|subscription|storage|function|consumer)[_. -]?key|client[_. -]?secret|secret|secrets|tokens?|auth|authorization|credentials?|bearer|api[_. -]?(?:secret|token)|pat)$/i
const otherName =
  /(?:public|next|prev|previous|page|continuation|cursor|csrf|xsrf|eos|bos|pad|sep|unk|cls|mask|stop|start|end|max|min|num|count|input|output|prompt|completion|total|cancel(?:lation)?|sync|design|lexer|invalid|expired|missing)[_. -]?(?:tokens?|key|secret)$/i

/** What a name ending in `key` names where it is none that opens anything. */
const harmlessKey =
  /(?:primary|foreign|sort|partition|cache|lookup|index|map|row|column|unique|composite|search|group|object|dict|hot|short|arrow|enter|escape|any|registry|bucket|idempotency|i18n|translation|message|error|routing|shard|hash|merge|natural|surrogate|react|data|field|item|record|site|answer|major|minor|host|turn)[_. -]?key$/i
const otherKey = /[a-z0-9][_.-]?key$|[a-z0-9]Key$/i

/**
 * Reports the value that is given to a name ending in `password`, `api_key`, `secret`, `token` and the like by the `=`
 * or `:` at index `at`.
 */
export function scanAssignment(text: string, at: number, findings: Findings): void {
  scanValueOf(text, at, isAssigner(text.charCodeAt(at + 1)) ? at + 2 : at + 1, findings)
}

/** The same for the element whose `>` is at index `at`: `<password>…`. */
export function scanElement(text: string, at: number, findings: Findings): void {
  if (mayEndName(text, at) && text.charCodeAt(startOfName(text, at) - 1) === 60)
    scanValueOf(text, at, at + 1, findings)
}

/** The same for the word `is` at index `at`: `the password is …`. */
export function scanStatement(text: string, at: number, findings: Findings): void {
  const after = text.charCodeAt(at + 2)
  const colon = after === 58 ? 1 : 0
  if (text.charCodeAt(at - 1) === 32 && text.charCodeAt(at + 2 + colon) === 32)
    scanValueOf(text, at - 1, at + 3 + colon, findings)
}

function scanValueOf(text: string, nameEndsBefore: number, from: number, findings: Findings): void {
  const nameEnd = endOfName(text, nameEndsBefore)
  if (!mayEndName(text, nameEnd)) return
  const kind = kindOfName(text.slice(startOfName(text, nameEnd), nameEnd))
  if (!kind) return
  let start = from
  const gapLimit = start + maxGap
  while (start < gapLimit && isSpace(text.charCodeAt(start))) start++
  let quote = quoteAt(text, start)
  if (quote === 92) {
    start++
    quote = quoteAt(text, start)
  }
  if (quote) start++
  let index = start
  const limit = start + maxValue
  while (index < limit && isValue(text.charCodeAt(index), quote)) index++
  findings.looked(start, index)
  if (index === limit) return
  let end = index
  if (!quote) while (end > start && isTrailing(text.charCodeAt(end - 1))) end--
  const value = text.slice(start, end)
  if (!quote && isCode(value)) return
  const bearer = /^(?:bearer|basic|token) /i.exec(value)
  if (bearer) return
  if (kind === 'password') {
    if (isLikelyPassword(value)) findings.found('generic-password', start, end, quote ? 0.85 : 0.8)
  } else if (
    isKeyCharacters(value) &&
    isLikelyKey(value) &&
    (kind === 'key' || value.length >= leastOtherKey)
  )
    findings.found('generic-api-key', start, end, kind === 'key' ? 0.85 : 0.65)
}

/** Where the name before the assignment ends: before its quotes and brackets. */
function endOfName(text: string, at: number): number {
  let end = at
  const floor = Math.max(0, at - maxGap)
  while (end > floor && isAfterName(text.charCodeAt(end - 1))) end--
  return end
}

function startOfName(text: string, end: number): number {
  let start = end
  const floor = Math.max(0, end - maxName)
  while (start > floor && isName(text.charCodeAt(start - 1))) start--
  return start
}

/** Last three letters of all names that are looked for, so that most others are passed over at no cost. */
const nameEndings = new Set(
  'ord swd ase pwd ort eña ena sse nha ass lue ext rod dev _db alt key eys ret ets ken ens uth ion ial als rer pat'.split(
    ' ',
  ),
)

function mayEndName(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1)
  if (last >= 48 && last <= 57) return true
  return nameEndings.has(text.slice(end - 3, end).toLowerCase())
}

function kindOfName(name: string): 'password' | 'key' | 'other key' | undefined {
  if (name.length < 3 || otherName.test(name)) return undefined
  if (passwordName.test(name)) return 'password'
  if (keyName.test(name)) return 'key'
  return otherKey.test(name) && !harmlessKey.test(name) ? 'other key' : undefined
}

/** Calls, member accesses, types and templates: `os.environ["X"]`, `getpass()`, `string | undefined`. */
function isCode(value: string): boolean {
  return /[([{`]|^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$|^&|^\/|^\.\//.test(value) || isPlaceholder(value)
}

function isKeyCharacters(value: string): boolean {
  return /^[\w./+=~:!@#$%^&*-]+$/.test(value)
}

function isName(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 0xf1
  )
}

/** Spaces, quotes and brackets between a name and its assignment. */
function isAfterName(code: number): boolean {
  return (
    code === 32 ||
    code === 9 ||
    code === 34 ||
    code === 39 ||
    code === 93 ||
    code === 92 ||
    code === 42 ||
    code === 96
  )
}

function isAssigner(code: number): boolean {
  return code === 61 || code === 62 || code === 58
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 42
}

function quoteAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code === 34 || code === 39 || code === 96 || code === 92 ? code : 0
}

/** Within quotes all but the quote and line ends; without, up to white space and what separates settings. */
function isValue(code: number, quote: number): boolean {
  if (quote) return code !== quote && code >= 32 && code !== 92
  return (
    code > 32 &&
    code !== 59 &&
    code !== 44 &&
    code !== 34 &&
    code !== 39 &&
    code !== 96 &&
    code !== 60 &&
    code !== 62 &&
    code !== 92
  )
}

function isTrailing(code: number): boolean {
  return code === 46 || code === 41 || code === 93 || code === 125 || code === 58
}
