import type { Findings } from '../findings.ts'
import { entropyOf, isPlaceholder } from './plausibility.ts'
import { type TokenRule, tokenRules } from './token-rules.ts'

type CompiledRule = TokenRule & { match: RegExp; onlyAlphabet: RegExp }

/** Rules by the first two characters of their prefix, the longest prefix first. */
const rulesByStart = new Map<number, CompiledRule[]>()
/** Whether a rule starts with these two characters, both below 128. */
const starts = new Uint8Array(128 * 128)

for (const rule of tokenRules.toSorted((a, b) => b.prefix.length - a.prefix.length)) {
  const key = rule.prefix.charCodeAt(0) * 128 + rule.prefix.charCodeAt(1)
  const compiled = {
    ...rule,
    match: new RegExp(rule.body, 'y'),
    onlyAlphabet: new RegExp(`^${rule.alphabet}*$`),
  }
  rulesByStart.set(key, [...(rulesByStart.get(key) ?? []), compiled])
  starts[key] = 1
}

/** Whether a token may start with these two characters, as `charCodeAt` returns them. */
export function mayStartToken(first: number, second: number): boolean {
  return first < 128 && second < 128 && starts[first * 128 + second] === 1
}

/** Reports the token that begins at index `start`. */
export function scanToken(text: string, start: number, findings: Findings): void {
  for (const rule of rulesByStart.get(text.charCodeAt(start) * 128 + text.charCodeAt(start + 1)) ?? []) {
    const { prefix } = rule
    let same = 2
    while (same < prefix.length && text.charCodeAt(start + same) === prefix.charCodeAt(same)) same++
    if (same < prefix.length) {
      if (start + same >= text.length) findings.looked(start, text.length)
      continue
    }
    const bodyStart = start + prefix.length
    const longest = bodyStart + rule.max
    if (longest >= text.length && rule.onlyAlphabet.test(text.slice(bodyStart)))
      findings.looked(start, text.length)
    rule.match.lastIndex = bodyStart
    const match = rule.match.exec(text)
    if (!match) continue
    const end = bodyStart + match[0].length
    if (!isLikelyToken(match[0])) return
    findings.found(rule.type, start, end, rule.confidence)
    return
  }
}

/** Vendors' tokens are random: more than one word in small letters, and no made-up example. */
function isLikelyToken(body: string): boolean {
  return /[A-Z0-9]/.test(body) && entropyOf(body) >= 2.8 && !isPlaceholder(body)
}
