import { parsePolicies } from '@airs-cp/policy-engine'
import { diffLines, type Hunk, unifiedDiff } from './line-diff.ts'

export type PolicyDiff = {
  name: string
  /** A version; null where there is none. */
  from: number | null
  /** A version; null for a document that is not applied, or where the policy is removed. */
  to: number | null
  /** As `diff -u` prints it. */
  unified: string
  hunks: Hunk[]
  /** What the change means: each field that differs, defaults filled in. Absent where a side cannot be read. */
  fields?: { field: string; before: unknown; after: unknown }[]
}

export type Side = { version: number | null; document: string | null; label?: string }

export function diffPolicy(name: string, before: Side, after: Side): PolicyDiff {
  const hunks = diffLines(before.document ?? '', after.document ?? '')
  const labelOf = ({ version, document, label }: Side) =>
    label ?? (document === null ? '/dev/null' : `${name} version ${version}`)
  const fields = changedFields(before.document, after.document)
  return {
    name,
    from: before.version,
    to: after.version,
    unified: unifiedDiff(hunks, labelOf(before), labelOf(after)),
    hunks,
    ...(fields && { fields }),
  }
}

function changedFields(before: string | null, after: string | null): PolicyDiff['fields'] {
  try {
    const [old, now] = [before, after].map((document) => flatten(document === null ? {} : read(document)))
    const names = [...new Set([...old!.keys(), ...now!.keys()])].sort()
    return names
      .map((field) => ({ field, before: old!.get(field) ?? null, after: now!.get(field) ?? null }))
      .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after))
  } catch {
    return undefined
  }
}

function read(document: string): unknown {
  return parsePolicies(document)[0]!.policy
}

/** `{a: {b: 1}}` as `a.b` → 1. Lists are values. */
function flatten(value: unknown, path: string[] = [], found = new Map<string, unknown>()) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [key, child] of Object.entries(value)) flatten(child, [...path, key], found)
  else if (value !== undefined) found.set(path.join('.'), value)
  return found
}
