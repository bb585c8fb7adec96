import type { Findings } from '../findings.ts'
import { entropyOf, isStandIn, isTyped } from './plausibility.ts'
import { type TokenRule, tokenRules } from './token-rules.ts'

type CompiledRule = TokenRule & {
  match: RegExp | undefined
  isBody: Uint8Array
  /** What was read last of one scan: a token that begins in it need not read it again. */
  read: { findings: Findings | undefined; from: number; to: number }
}

/** Rules by the first two characters of their prefix, the longest prefix first. */
const rulesByStart = new Map<number, CompiledRule[]>()
/** Whether a rule starts with these two characters, both below 128. */
const starts = new Uint8Array(128 * 128)

for (const rule of tokenRules.toSorted((a, b) => b.prefix.length - a.prefix.length)) {
  const key = rule.prefix.charCodeAt(0) * 128 + rule.prefix.charCodeAt(1)
  const compiled = {
    ...rule,
    match: rule.body === undefined ? undefined : new RegExp(rule.body, 'y'),
    isBody: tableOf(rule.alphabet),
    read: { findings: undefined, from: 0, to: 0 },
  }
  rulesByStart.set(key, [...(rulesByStart.get(key) ?? []), compiled])
  starts[key] = 1
}

/** Whether a token may start with these two characters, as `charCodeAt` returns them. */
export function mayStartToken(first: number, second: number): boolean {
  return first < 128 && second < 128 && starts[first * 128 + second] === 1
}

/** Reports the token that begins at index `start`. @param codes of the text; see `codesOf`. */
export function scanToken(text: string, codes: Uint16Array, start: number, findings: Findings): void {
  for (const rule of rulesByStart.get(codes[start]! * 128 + codes[start + 1]!) ?? []) {
    const { prefix, lead } = rule
    if (lead > 0 && !isLead(codes, start - lead, start)) continue
    let same = 2
    while (same < prefix.length && codes[start + same] === prefix.charCodeAt(same)) same++
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
