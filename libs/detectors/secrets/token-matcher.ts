import type { Findings } from '../findings.ts'
import { entropyOf, isStandIn, isTyped } from './plausibility.ts'
import { type TokenRule, tokenRules } from './token-rules.ts'

type CompiledRule = TokenRule & {
  prefixCodes: Uint16Array
  match: RegExp | undefined
  isBody: Uint8Array
  /** What was read last of one scan: a token that begins in it need not read it again. */
  read: { findings: Findings | undefined; from: number; to: number }
}

/** Rules by the first two characters of their prefix, both below 128, the longest prefix first. */
const rulesByStart: (CompiledRule[] | undefined)[] = Array.from({ length: 128 * 128 })
/** By the low bits of three characters: whether a rule starts with them. */
const starts = new Uint8Array(1 << 15)

for (const rule of tokenRules.toSorted((a, b) => b.prefix.length - a.prefix.length)) {
  const key = rule.prefix.charCodeAt(0) * 128 + rule.prefix.charCodeAt(1)
  const compiled = {
    ...rule,
    prefixCodes: Uint16Array.from(rule.prefix, (character) => character.charCodeAt(0)),
    match: rule.body === undefined ? undefined : new RegExp(rule.body, 'y'),
    isBody: tableOf(rule.alphabet),
    read: { findings: undefined, from: 0, to: 0 },
  }
  rulesByStart[key] = [...(rulesByStart[key] ?? []), compiled]
  const [first, second, third] = [0, 1, 2].map((index) => rule.prefix.charCodeAt(index))
  if (rule.prefix.length > 2) starts[slotOf(first!, second!, third!)] = 1
  else for (let other = 0; other < 32; other++) starts[slotOf(first!, second!, other)] = 1
}

function slotOf(first: number, second: number, third: number): number {
  return (first & 31) * 1024 + (second & 31) * 32 + (third & 31)
}

/** Whether a token may start at `index`, by three characters; at the end of a text any may follow. */
export function mayStartToken(codes: Uint16Array, index: number, length: number): boolean {
  return index + 2 >= length || starts[slotOf(codes[index]!, codes[index + 1]!, codes[index + 2]!)] === 1
}

/** Reports the token that begins at index `start`. @param codes of the text; see `codesOf`. */
export function scanToken(text: string, codes: Uint16Array, start: number, findings: Findings): void {
  const first = codes[start]!
  const second = codes[start + 1]!
  const rules = first < 128 && second < 128 ? rulesByStart[first * 128 + second] : undefined
  if (rules === undefined) return
  for (const rule of rules) {
    const { prefix, prefixCodes, lead } = rule
    if (lead > 0 && !isLead(codes, start - lead, start)) continue
    let same = 2
    while (same < prefixCodes.length && codes[start + same] === prefixCodes[same]) same++
    if (same < prefix.length) {
      if (start + same >= text.length) findings.looked(start - lead, text.length)
      continue
    }
    const bodyStart = start + prefix.length
    const end = endOfBody(text, codes, bodyStart, rule, findings)
    if (
      bodyStart + rule.max >= text.length &&
      endOfAlphabet(codes, bodyStart, rule, findings) === text.length
    )
      findings.looked(start - lead, text.length)
    if (end < 0) continue
    if (!isLikelyToken(text.slice(bodyStart, end))) return
    findings.found(rule.type, start - lead, end, rule.confidence)
    return
  }
}

/** Whether letters and digits stand from `start` to `end`, but for a dot at the end, and no more before them. */
function isLead(codes: Uint16Array, start: number, end: number): boolean {
  if (start < 0 || codes[end - 1] !== 46 || (start > 0 && isWord(codes[start - 1]!))) return false
  for (let index = start; index < end - 1; index++) if (!isWord(codes[index]!)) return false
  return true
}

/** After the body that begins at `start`; less than 0 where there is none. */
function endOfBody(
  text: string,
  codes: Uint16Array,
  start: number,
  rule: CompiledRule,
  findings: Findings,
): number {
  if (rule.match) {
    rule.match.lastIndex = start
    const match = rule.match.exec(text)
    return match ? start + match[0].length : -1
  }
  const end = endOfAlphabet(codes, start, rule, findings)
  return end - start < rule.min || end - start > rule.max || isWord(codes[end]!) ? -1 : end
}

/** After the characters from `start` on that a body may have, one more than it may have at most. */
function endOfAlphabet(
  codes: Uint16Array,
  start: number,
  { isBody, max, read }: CompiledRule,
  findings: Findings,
): number {
  const isWithin = read.findings === findings && start >= read.from && start <= read.to
  let end = isWithin ? read.to : start
  while (end - start <= max && codes[end]! < 128 && isBody[codes[end]!] === 1) end++
  read.findings = findings
  read.from = start
  read.to = end
  return end
}

/** By code. */
function tableOf(alphabet: string): Uint8Array {
  const one = new RegExp(alphabet)
  return Uint8Array.from({ length: 128 }, (_, code) => Number(one.test(String.fromCharCode(code))))
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  )
}

/** Vendors' tokens are random: more than one word in small letters, and no made-up example. Numbers of accounts in them may be any. */
function isLikelyToken(body: string): boolean {
  const part = longestPartOf(body)
  const entropy = Math.max(entropyOf(body), entropyOf(part))
  return /[A-Z0-9]/.test(body) && entropy >= 2.8 && !isStandIn(body) && !isTyped(part)
}

function longestPartOf(body: string): string {
  return body.split(/[-._~/]/).reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}
