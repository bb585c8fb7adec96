import { codeBefore } from '../codes.ts'
import type { Findings } from '../findings.ts'
import {
  isLikelyKey,
  isLikelyPassword,
  isPlaceholder,
  isRepeated,
  isStandIn,
  isUuid,
} from './plausibility.ts'
import { vendorTypeOf } from './vendor-values.ts'

/** How far before the `=` or `:` the name may begin. */
const maxName = 72
const maxPassword = 160
const maxValue = 2_048
const maxGap = 24
/** The same where the value may stand on a line of its own. */
const maxLineGap = 40
const leastOtherKey = 20

/** The last words of a name say what its value is. */
const passwordName =
  /(?:^|[_.\- ]|(?<=[a-z0-9\u3040-\u9fff]))(?:password|passwd|passphrase|passcode|pwd|passwort|kennwort|contrase[nñ]a|mot[ _]?de[ _]?passe|senha|parola|wachtwoord|l[öo]senord|adgangskode|salasana|has[łl]o|pass(?:e)?|psk|pw|parol|пароль|密码|密碼|パスワード|비밀번호|[şs]ifre)(?:は|是|는)?(?:\d|_?(?:value|text|prod|dev|db|hash_?salt))?$/i
const keyName =
  /(?:^|[_.\- ]|(?<=[a-z0-9]))(?:api[_. -]?keys?|apikey|access[_. -]?keys?|secret[_. -]?access[_. -]?key|secret[_-]key[_-]base|(?:secret|private|auth|encryption|encrypt|signing|sign|service|client|app|application|account|shared|master|license|admin|session|jwt|hmac|crypto|deploy|shared[_-]?access|webhook|subscription|storage|function|consumer)[_. -]?key|client[_. -]?secret|secret|secrets|tokens?|auth|authorization|credentials?|bearer|api[_. -]?(?:secret|token)|pat|creds?)$/i
const otherName =
  /(?:public|next|prev|previous|page|continuation|cursor|csrf|xsrf|eos|bos|pad|sep|unk|cls|mask|stop|start|end|max|min|num|(?<!ac)count|input|output|prompt|completion|total|cancel(?:lation)?|sync|design|lexer|invalid|expired|missing)[_. -]?(?:tokens?|key|secret)$/i

/** What a name ending in `key` names where it is none that opens anything. */
const harmlessKey =
  /(?:primary|foreign|sort|partition|cache|lookup|index|map|row|column|unique|composite|search|group|object|dict|hot|short|arrow|enter|escape|any|registry|bucket|idempotency|i18n|translation|message|error|routing|shard|hash|merge|natural|surrogate|react|data|field|item|record|site|answer|major|minor|host|turn)[_. -]?key$/i
const otherKey = /[a-z0-9][_.-]?key$|^(?:my|our|your) key$/i

/**
 * Reports the value that is given to a name ending in `password`, `api_key`, `secret`, `token` and the like by the `=`
 * or `:` at index `at`.
 */
export function scanAssignment(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  scanValueOf(text, codes, at, isAssigner(codes[at + 1]!) ? at + 2 : at + 1, findings)
}

/** The same for the element whose `>` is at index `at`: `<password>…`. */
export function scanElement(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  if (!mayEndName(codes, at)) return
  let start = startOfName(codes, at)
  // `<ns:password>`
  if (codeBefore(codes, start) === 58) start = startOfName(codes, start - 1)
  if (codeBefore(codes, start) === 60) scanValueOf(text, codes, at, at + 1, findings, maxLineGap)
}

/** The same for the second of two quoted arguments, whose `,` is at index `at`: `put("api-key", "…")`. */
export function scanArgument(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  const quote = codeBefore(codes, at)
  if (quote !== 34 && quote !== 39) {
    scanDefinition(text, codes, at, findings)
    return
  }
  if (!mayEndName(codes, at - 1)) return
  const start = startOfName(codes, at - 1)
  if (codeBefore(codes, start) !== quote || codeBefore(codes, start - 1) !== 40) return
  let next = at + 1
  while (next < at + maxGap && isSpace(text.charCodeAt(next))) next++
  findings.looked(next, next)
  if (quoteAt(text, next)) scanValueOf(text, codes, at, next, findings)
}

/** The same for what a macro defines: `-define(API_KEY, "…")`. */
function scanDefinition(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  if (!mayEndName(codes, at)) return
  const before = startOfName(codes, at)
  if (!/define\($/i.test(text.slice(Math.max(0, before - 7), before))) return
  let next = at + 1
  while (next < at + maxGap && isSpace(text.charCodeAt(next))) next++
  findings.looked(next, next)
  if (quoteAt(text, next)) scanValueOf(text, codes, at, next, findings)
}

/** The same for the only argument of a call, whose `(` is at index `at`: `setApiKey("…")`, `Token('…')`. */
export function scanCall(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  if (!mayEndName(codes, at)) return
  findings.looked(at + 1, at + 1)
  if (!quoteAt(text, at + 1)) return
  const name = text.slice(startOfName(codes, at), at)
  if (kindOfName(name) === 'key' || setter.test(name)) scanValueOf(text, codes, at, at + 1, findings)
}
const setter = /(?:^|[._])(?:set|with)[_A-Z]\w*$/

const verb =
  / {1,24}(?:(?:for|of|to|on|f[üu]r|de|do|da|del|para|pour|you|we|i|that)(?: [\wÀ-ɏЀ-ӿ.-]{1,20}){1,3}(?: |(?=:)))?(?:(?:is now|is|was|ist|lautet|est|es|[èéeä]r?|jest|(?:(?:changed|set|reset|updated) )?to)(?=[ :])|=|\|\||\?\?|<<<|\||:|->|=>|→|–|—|-) {0,24}:? {0,2}/iy
const options = /^--?[a-z]/i
const directives =
  /(?:^|[\s;"'])(?:ENV|ARG|#define|setx|set(?: -\w{1,3})?|export|setenv|-e|--env|mysqladmin [^\n;|]{1,60}|\(def\w{0,9}|\(set[qf]) {1,2}$|(?:^|\s)login \S{1,64}\s{1,8}$/
const directiveReach = 80
/** SQL's `IDENTIFIED BY '…'`. */
const identifiedBy = /identified by$/i

/**
 * The same for the name that ends before the space at index `at`, where what follows says so: `the password for db is …`,
 * `--token …`, `ENV API_KEY …`, `PASSWORD '…'`, `login me password …`.
 */
export function scanSpoken(text: string, codes: Uint16Array, at: number, findings: Findings): void {
  if (!mayEndName(codes, at)) return
  const start = startOfName(codes, at)
  const name = nameOfValue(text, start, at)
  const kind = kindOfName(name)
  if (!kind) {
    if (/securestring$/i.test(name)) scanQuotedPassword(text, at + 1, findings)
    else if (name === 'user' || name === 'add_user') scanCommand(text, at, name, findings)
    else if (/^by$/i.test(name) && identifiedBy.test(text.slice(Math.max(0, at - 13), at)))
      scanQuotedPassword(text, at + 1, findings)
    return
  }
  scanCommand(text, at, name, findings)
  verb.lastIndex = at
  const said = verb.exec(text)?.[0]
  const isDefault = said !== undefined && /\|\||\?\?/.test(said)
  if (isDefault) {
    findings.looked(at, at + said.length)
    if (quoteAt(text, at + said.length)) scanValueOf(text, codes, at, at + said.length, findings)
  } else if (said && (kind === 'password' || !said.includes('|')))
    scanValueOf(text, codes, at, at + said.length, findings)
  else if (options.test(name) || setting.test(name) || isDirective(text, start) || isKeyword(text, start, at))
    scanValueOf(text, codes, at, at + 1, findings)
  else if (kind === 'password') {
    if (/^password$/i.test(name)) scanQuotedPassword(text, at + 1, findings)
    scanPasswordBeside(text, at + 1, findings)
  }
}

/** Settings in files that have a name, a space and a value. */
const setting = /^(?:requirepass|masterauth|rootpw|bindpw)$/i

/** `:api-key "…"` */
function isKeyword(text: string, start: number, at: number): boolean {
  return text.charCodeAt(start - 1) === 58 && quoteAt(text, at + 1) !== 0
}

/** Commands whose password is an argument without an option: from the space after their name on, up to the password. */
const commands: Record<string, RegExp> = {
  htpasswd:
    / {1,2}(?:-(?=\w*b)(?=\w*n)\w{2,8} \S{1,64}|-(?=\w*b)\w{1,8}(?: -\w{1,8}){0,3} \S{1,96} \S{1,64}|-\w{1,8} -b\w{0,4} \S{1,96} \S{1,64}) (?=\S)/y,
  change_password: / {1,2}\S{1,64} (?=\S)/y,
  add_user: / {1,2}\S{1,64} (?=\S)/y,
  user: / {1,2}[\w.-]{1,64} (?=\S)/y,
}

const longestCommand = 240

/** `htpasswd -b file user PASSWORD`, `rabbitmqctl add_user name PASSWORD`, `net user name PASSWORD /add`. */
function scanCommand(text: string, at: number, name: string, findings: Findings): void {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command || (name === 'user' && !/(?:^|\W)net $/.test(text.slice(Math.max(0, at - 9), at - 4)))) return
  command.lastIndex = at
  findings.looked(at, at + longestCommand)
  const match = command.exec(text)
  if (!match) return
  let start = at + match[0].length
  const quote = quoteAt(text, start)
  if (quote) start++
  let end = start
  while (end - start < maxPassword && isValue(text.charCodeAt(end), quote)) end++
  findings.looked(start, end)
  if (end - start < maxPassword && isLikelyPassword(text.slice(start, end)))
    findings.found('cli-password', start, end, 0.8)
}

/** A password in quotes from `from` on, where SQL has one. */
function scanQuotedPassword(text: string, from: number, findings: Findings): void {
  const quote = text.charCodeAt(from)
  findings.looked(from, from)
  if (quote !== 39 && quote !== 34) return
  let end = from + 1
  while (end - from < maxPassword && isValue(text.charCodeAt(end), quote)) end++
  findings.looked(from + 1, end)
  if (text.charCodeAt(end) === quote && isLikelyPassword(text.slice(from + 1, end)))
    findings.found('generic-password', from + 1, end, 0.8)
}

function isDirective(text: string, nameStart: number): boolean {
  return directives.test(text.slice(Math.max(0, nameStart - directiveReach), nameStart))
}

/** `the password Tr0ub4dor&3`: with nothing between, only what can hardly be a word. */
function scanPasswordBeside(text: string, start: number, findings: Findings): void {
  let end = start
  while (end - start < maxPassword && isValue(text.charCodeAt(end), 0)) end++
  findings.looked(start, end)
  while (end > start && isTrailing(text.charCodeAt(end - 1))) end--
  const value = text.slice(start, end)
  if (value.length < 8 || value.length > 64 || !/\d/.test(value) || !/[a-z]/i.test(value)) return
  if (!/[^A-Za-z0-9_.:/-]/.test(value) || isCode(value) || !isLikelyPassword(value)) return
  findings.found('generic-password', start, end, 0.7)
}

/** What `value` stands for: the name beside it, as in `name="TOKEN" value="…"`. */
const besideValue = /(?:name|key|id|type)["']?\s{0,3}[=:]\s{0,3}["']?([\w.-]{3,72})["']?[\s,;]{1,24}["']?$/i
const besideReach = 120
/** What `default` stands for in Terraform: `variable "db_password" { default = "…"`. */
const variable = /variable\s{1,8}"([\w-]{3,72})"\s{0,8}\{[^}]{0,96}$/
/** What stands between a name and its `=` where the name has a type: `let token: String = …`. */
const typed = /([\w.-]{3,72})["'\])]{0,2}(?:\s{0,3}:\s{0,3}|\s{1,3})&?(?:'static )?(?:string|str|text)\??$/i

function scanValueOf(
  text: string,
  codes: Uint16Array,
  nameEndsBefore: number,
  from: number,
  findings: Findings,
  gap = maxGap,
): void {
  const nameEnd = endOfName(codes, nameEndsBefore)
  const mayBeKey = mayEndName(codes, nameEnd)
  if (!mayBeKey && !mayEndVendorName(codes, nameEnd)) return
  const name = nameOfValue(text, startOfName(codes, nameEnd), nameEnd)
  const kind = mayBeKey ? kindOfValue(text, name, nameEnd) : undefined
  if (!kind && !vendorName.test(name)) return
  let start = from
  const gapLimit = start + gap
  const isLine = gap === maxLineGap
  while (
    start < gapLimit &&
    (isSpace(text.charCodeAt(start)) || (isLine && isLineEnd(text.charCodeAt(start))))
  )
    start++
  start = startOfItem(text, startOfBlock(text, start))
  let quote = quoteAt(text, start)
  if (quote === 92) {
    start++
    quote = quoteAt(text, start)
  }
  if (quote && endsText(text, nameEnd, name, quote)) return
  if (quote) start++
  const most = kind === 'password' ? maxPassword : maxValue
  const endsAtAnd = !quote && isInQuery(text, nameEnd - name.length)
  const limit = start + most
  const index = endsAtAnd
    ? endOfParameter(text, start, limit)
    : quote
      ? endOfQuoted(text, start, limit, quote)
      : endOfBare(codes, start, limit, findings)
  findings.looked(start, index)
  if (index === limit) return
  let end = index
  if (!quote) while (end > start && isTrailing(text.charCodeAt(end - 1))) end--
  if (!quote) end = start + endOfFirstParameter(text.slice(start, end))
  const value = text.slice(start, end)
  if (value === '') return
  const vendor = isKeyCharacters(value) ? vendorTypeOf(name, value) : undefined
  if (vendor) {
    if (!isStandIn(value) && !isRepeated(value.replace(/A{10,}/, ''))) findings.found(vendor, start, end, 0.9)
    return
  }
  if (!kind || (!quote && isCode(value)) || /^(?:bearer|basic|token) /i.test(value)) return
  if (kind === 'password') {
    const type = typeOfPassword(text, name, start)
    const isSure = type === 'nuget-config-password' && value.length >= 8 && !isStandIn(value)
    if (isSure || isLikelyPassword(value)) findings.found(type, start, end, quote ? 0.85 : 0.8)
  } else if (!isKeyCharacters(value)) return
  else if (isUuid(value)) {
    if (kind === 'key' && opensSomething.test(name)) findings.found('uuid-api-key', start, end, 0.7)
  } else if (isLikelyKey(value) && (kind === 'key' || value.length >= leastOtherKey))
    findings.found(typeOfKey(name, value), start, end, kind === 'key' ? 0.85 : 0.65)
}

/** The value that was read last, of one scan: names that are given in it need not read it again. */
const lastBare: { findings: Findings | undefined; from: number; to: number } = {
  findings: undefined,
  from: 0,
  to: 0,
}

function endOfBare(codes: Uint16Array, start: number, limit: number, findings: Findings): number {
  const isWithin = lastBare.findings === findings && start >= lastBare.from && start <= lastBare.to
  let index = isWithin ? lastBare.to : start
  while (index < limit && bare[codes[index]!] === 1) index++
  lastBare.findings = findings
  lastBare.from = start
  lastBare.to = index
  return Math.min(index, limit)
}

function endOfQuoted(text: string, start: number, limit: number, quote: number): number {
  let index = start
  while (index < limit && isValue(text.charCodeAt(index), quote)) index++
  return index
}

function endOfParameter(text: string, start: number, limit: number): number {
  let index = start
  while (index < limit && bare[text.charCodeAt(index)] === 1 && text.charCodeAt(index) !== 38) index++
  return index
}

/** Where the next parameter of a form or a query follows, of which this value may be the first. */
function endOfFirstParameter(value: string): number {
  const at = value.search(/&[\w.-]{1,40}=/)
  return at < 0 ? value.length : at
}

/** Whether the quote after the `:` ends a text that the name stands in, as in `"Password:",next`. */
function endsText(text: string, nameEnd: number, name: string, quote: number): boolean {
  return text.charCodeAt(nameEnd - name.length - 1) === quote && text.charCodeAt(nameEnd) !== quote
}

/** Names whose value may be a UUID and opens something nevertheless. */
const opensSomething =
  /(?:api|npm|access|auth|service|server|client|deploy|private|account)[_. -]?(?:key|token|secret)$|secret$/i

function typeOfPassword(text: string, name: string, start: number): string {
  if (/^administrator_login_password$/i.test(name)) return 'hashicorp-tf-password'
  const mayBeNuget = /^(?:cleartext)?password$/i.test(name)
  return mayBeNuget && nuget.test(text.slice(Math.max(0, start - besideReach), start))
    ? 'nuget-config-password'
    : 'generic-password'
}
const nuget = /<add key="\w{8,17}"\s{1,8}value="$/i

function typeOfKey(name: string, value: string): string {
  if (/^[\w~.]{3}\dQ~[\w~.-]{31,34}$/.test(value)) return 'azure-ad-client-secret'
  if (/^secret_key$/i.test(name) && /^sk_\S{29}$/.test(value)) return 'freemius-secret-key'
  return /account[_-]?key$/i.test(name) && /^[A-Za-z0-9+/]{86}==$/.test(value)
    ? 'azure-storage-key'
    : 'generic-api-key'
}

/** The name from `start` to `end`, or the one that it stands for. */
function nameOfValue(text: string, start: number, end: number): string {
  const name = text.slice(start, end)
  if (name.length > longestStandIn) return name
  if (/^default$/i.test(name))
    return variable.exec(text.slice(Math.max(0, start - besideReach), start))?.[1] ?? name
  if (/^value$/i.test(name))
    return besideValue.exec(text.slice(Math.max(0, start - besideReach), start))?.[1] ?? name
  if (/^(?:string|str|text)$/i.test(name))
    return typed.exec(text.slice(Math.max(0, end - besideReach), end))?.[1] ?? name
  if (/^(?:key|secret|token)$/i.test(name))
    return spaced.exec(text.slice(Math.max(0, start - 9), end))?.[0] ?? name
  return name
}

/** Of `value`, `string`, `secret` and the like. */
const longestStandIn = 7

/** Names in two words, as people write them: `the API key is …`. */
const spaced =
  /(?<![\w-])(?:api|access|secret|private|auth|client|license|service|my|our|your) (?:key|secret|token)$/i

/** Past the `|` or `>` of a YAML block, to its first line. */
function startOfBlock(text: string, start: number): number {
  const code = text.charCodeAt(start)
  if (code !== 124 && code !== 62) return start
  block.lastIndex = start
  const match = block.exec(text)
  return match ? start + match[0].length : start
}
const block = /[|>][+-]?\n {1,16}/y

/** Past what may stand before a text or around the first of several: `["…"]`, `@"…"`, `<![CDATA[…`. */
function startOfItem(text: string, start: number): number {
  const code = text.charCodeAt(start)
  if (code === 60 && text.startsWith(characterData, start)) return start + characterData.length
  if (code === 64 && text.charCodeAt(start + 1) === 34) return start + 1
  if (code !== 91) return start
  let next = start + 1
  while (next < start + maxGap && (isSpace(text.charCodeAt(next)) || isLineEnd(text.charCodeAt(next)))) next++
  return quoteAt(text, next) ? next : start
}
const characterData = '<![CDATA['

function isInQuery(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1)
  return before === 63 || before === 38
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13
}

/** Where the name before the assignment ends: before its quotes and brackets. */
function endOfName(codes: Uint16Array, at: number): number {
  let end = at
  const floor = Math.max(0, at - maxGap)
  while (end > floor && isAfterName(codes[end - 1]!)) end--
  return end
}

function startOfName(codes: Uint16Array, end: number): number {
  let start = end
  const floor = Math.max(0, end - maxName)
  while (start > floor && isName(codes[start - 1]!)) start--
  return start
}

/** Last three letters of all names that are looked for, so that most others are passed over at no cost. */
const longEndings = new Uint8Array(1 << 15)
for (const ending of 'ord swd ase ode pwd ort ena eña sse nha ola ana slo sło ass psk rol оль ワード 밀번호 ードは 번호는 密码是 密碼是 fre lue ext rod dev alt eys key ret ets ken ens uth ion ial als rer pat ing str sig ser eds ult'.split(
  ' ',
))
  longEndings[slotOf(ending.charCodeAt(0), ending.charCodeAt(1), ending.charCodeAt(2))] = 1

/** The same of names that say whose an identifier is. */
const vendorEndings = new Uint8Array(1 << 15)
const vendorLetters = new Uint8Array(32)
for (const ending of 'gin com aph sid tid ion'.split(' ')) {
  vendorEndings[slotOf(ending.charCodeAt(0), ending.charCodeAt(1), ending.charCodeAt(2))] = 1
  vendorLetters[ending.charCodeAt(2) & 31] = 1
}

/** The same of names, and of ends of names, that are shorter. */
const shortEndings = new Uint8Array(1 << 10)
for (const ending of 'pw db by 密码 密碼'.split(' '))
  shortEndings[slotOf(0, ending.charCodeAt(0), ending.charCodeAt(1))] = 1

function slotOf(first: number, second: number, third: number): number {
  return (first & 31) * 1024 + (second & 31) * 32 + (third & 31)
}

function mayEndName(codes: Uint16Array, end: number): boolean {
  const last = codeBefore(codes, end)
  // One digit may follow: `password2`.
  if (last >= 48 && last <= 57) return mayEndWord(codes, end - 1)
  return mayEndWord(codes, end)
}

function mayEndWord(codes: Uint16Array, end: number): boolean {
  const slot = slotOf(codeBefore(codes, end - 2), codeBefore(codes, end - 1), codeBefore(codes, end))
  return longEndings[slot] === 1 || shortEndings[slot & 1023] === 1
}

function kindOfValue(text: string, name: string, nameEnd: number): NameKind {
  return kindOfName(name) ?? (name === 'sig' && isInQuery(text, nameEnd - 3) ? 'key' : undefined)
}

/** Names that a value has of some vendors only. */
const vendorName = /(?:access|client)[_.-]?id$|session$|login$|__com$|sourcegraph$/i

/** Also of `access_id` and `client-id`, whatever stands between the words. */
function mayEndVendorName(codes: Uint16Array, end: number): boolean {
  const last = codeBefore(codes, end)
  if (vendorLetters[last & 31] === 0) return false
  const separator = codeBefore(codes, end - 2)
  const isApart = (last | 32) === 100 && (separator === 95 || separator === 45 || separator === 46)
  const first = codeBefore(codes, isApart ? end - 3 : end - 2)
  return vendorEndings[slotOf(first, codeBefore(codes, end - 1), last)] === 1
}

type NameKind = 'password' | 'key' | 'other key' | undefined

/** The last name that was asked about: one that is looked up is often asked about twice, and repeated in lists. */
let lastNamed: { name: string; kind: NameKind } = { name: '', kind: undefined }

function kindOfName(name: string): NameKind {
  if (name !== lastNamed.name) lastNamed = { name, kind: kindByPatterns(name) }
  return lastNamed.kind
}

function kindByPatterns(name: string): NameKind {
  if (name.length < 2) return undefined
  if (passwordName.test(name)) return 'password'
  if (otherName.test(name)) return undefined
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
    (code >= 0xc0 && code < 0x530) ||
    (code >= 0x3040 && code < 0xa000) ||
    (code >= 0xac00 && code < 0xd7b0)
  )
}

/** Spaces, quotes and brackets between a name and its assignment, and the rest of `?=`, `::=`, `.=` and the like. */
function isAfterName(code: number): boolean {
  return (
    code === 32 ||
    code === 9 ||
    code === 34 ||
    code === 39 ||
    code === 93 ||
    code === 92 ||
    code === 42 ||
    code === 96 ||
    code === 58 ||
    code === 63 ||
    code === 43 ||
    code === 46 ||
    code === 124
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
  return quote ? code !== quote && code >= 32 && code !== 92 : bare[code] === 1
}

const bare = new Uint8Array(1 << 16).fill(1, 33)
for (const character of ';,"\'`<>\\') bare[character.charCodeAt(0)] = 0

function isTrailing(code: number): boolean {
  return code === 46 || code === 41 || code === 93 || code === 125 || code === 58
}
