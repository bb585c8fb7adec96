import type { Findings } from '../findings.ts'
import { isLikelyKey, isLikelyPassword } from './plausibility.ts'

/** What a value may lie behind the `kind: Secret` or the `data:` that say what it is. */
const reach = 480
/** How far behind a block of data the kind of its manifest may stand. */
const reachOfKind = 600
const longestIndent = 64
/** Longest value that is covered; of a longer one, the rest is not. */
const longestLine = 6_144
const base64 = /^[A-Za-z0-9+/]{10,}={0,3}$/

/** Values of an entry, without their quotes. */
type Value = { start: number; end: number }

/**
 * Reports the values of `data:` and `stringData:`, whose `:` is at index `at`, in a Kubernetes manifest of kind Secret. The kind may
 * stand before or behind them, at the same depth.
 */
export function scanKubernetesSecret(text: string, at: number, findings: Findings): void {
  const name = /(?:^|\n)([ \t]{0,64})(data|stringData)$/.exec(
    text.slice(Math.max(0, at - longestIndent - 'stringData'.length - 1), at),
  )
  if (!name) return
  const indent = name[1]!
  const from = at - indent.length - name[2]!.length
  findings.looked(from, at + 1)
  const lineEnd = endOfLine(text, at)
  if (text.slice(at + 1, lineEnd).trim() !== '') return

  const { values, end } = valuesOf(text, lineEnd, indent.length, name[2] === 'data')
  if (end >= text.length) findings.looked(from, end)
  if (values.length === 0) return
  const before = kindBefore(text, from, indent)
  const near = values.filter(({ start }) => start - from <= reach)
  const isAfterKind = ({ start }: Value) => before !== undefined && start - before.start <= reach
  const isBehind = near.every(isAfterKind) ? false : isSecretBehind(text, end, indent, from, findings)
  for (const value of near) {
    findings.looked(value.start, value.end)
    if (isAfterKind(value) ? isSecret(before!.kind) : isBehind)
      findings.found('kubernetes-secret-yaml', value.start, value.end, 0.9)
  }
}

/** Values of the lines that are deeper than `depth`, from the line after `lineEnd` on, and where they end. */
function valuesOf(
  text: string,
  lineEnd: number,
  depth: number,
  isEncoded: boolean,
): { values: Value[]; end: number } {
  const values: Value[] = []
  let start = lineEnd + 1
  let isInBlock = false
  for (; start < Math.min(lineEnd + reach, text.length); start = endOfLine(text, start) + 1) {
    const end = endOfLine(text, start)
    const line = text.slice(start, end)
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) continue
    if (line.length - content.length <= depth) break
    const entry = /^["']?[\w.-]{1,128}["']?:\s{0,8}/.exec(content)
    const value = entry ? content.slice(entry[0].length).trimEnd() : content.trimEnd()
    if (entry) isInBlock = /^[|>][+-]?$/.test(value)
    const bare = /^(["']?)(.*)\1$/.exec(value)?.[2] ?? ''
    const isValue = isEncoded
      ? base64.test(bare)
      : bare.length < 160 && (isLikelyPassword(bare) || isLikelyKey(bare))
    if (isValue && (entry || isInBlock)) {
      const valueStart = start + line.indexOf(bare, line.length - content.length + (entry?.[0].length ?? 0))
      values.push({ start: valueStart, end: valueStart + bare.length })
    }
  }
  return { values, end: Math.min(start, text.length) }
}

/** The kind of the manifest, where it stands before its data. */
function kindBefore(text: string, from: number, indent: string): { kind: string; start: number } | undefined {
  const base = Math.max(0, from - reach)
  const before = text.slice(base, from)
  const document = before.lastIndexOf('\n---')
  for (
    let at = before.lastIndexOf('kind:');
    at > document && at >= 0;
    at = before.lastIndexOf('kind:', at - 1)
  ) {
    const lineStart = at - indent.length
    const isAtDepth =
      before.startsWith(indent, lineStart) &&
      (base + lineStart === 0 || '\n"'.includes(before[lineStart - 1] ?? ' '))
    if (isAtDepth) return { kind: before.slice(at, endOfLine(before, at)), start: base + lineStart }
    if (at === 0) break
  }
  return undefined
}

function isSecretBehind(
  text: string,
  end: number,
  indent: string,
  from: number,
  findings: Findings,
): boolean {
  let start = end
  const limit = end + reachOfKind
  for (; start < limit && start < text.length; start = endOfLine(text, start) + 1) {
    if (text.startsWith('---', start)) return false
    if (!text.startsWith(`${indent}kind:`, start)) continue
    const lineEnd = endOfLine(text, start)
    findings.looked(from, lineEnd)
    return isSecret(text.slice(start + indent.length, lineEnd))
  }
  findings.looked(from, start < limit ? text.length : start - 1)
  return false
}

function isSecret(kind: string): boolean {
  return /^kind:[ \t]*(["']?)secret\1[ \t\r]*$/i.test(kind)
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from, from + longestLine).indexOf('\n')
  return end < 0 ? Math.min(from + longestLine, text.length) : from + end
}
