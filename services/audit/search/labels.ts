import { createHash } from 'node:crypto'
import type { ExchangeRow } from './exchange-rows.ts'

/** What exchanges can be searched for, beside their time, their state `open`, and what was said. */
export const labelKinds = [
  'session',
  'agent',
  'model',
  'provider',
  'key',
  'credential',
  'tag',
  'policy',
  'finding',
  'decision',
  'status',
  'state',
] as const
export type LabelKind = (typeof labelKinds)[number]

/** Kinds whose values are few enough to be listed. */
export const listedKinds: readonly LabelKind[] = labelKinds.filter(
  (kind) => kind !== 'session' && kind !== 'credential',
)

/** A credential is known by how its fingerprint begins. */
export const credentialStart = 8

export type LabelValues = Record<LabelKind, string[]>

/** A key is known by its id and by its name, a status by its number and by its class, such as `4xx`. */
export function labelValues(row: ExchangeRow): LabelValues {
  const some = (...values: (string | number | null)[]) =>
    [...new Set(values.filter((value) => value !== null))].map(String)
  const ended = row.state !== 'open'
  return {
    session: some(row.session),
    agent: some(row.agent),
    model: some(row.model, row.answered_model),
    provider: some(row.provider),
    key: some(row.key_id, row.key_name),
    credential: row.credential === null ? [] : [row.credential.slice(0, credentialStart)],
    tag: row.tags,
    policy: row.policies,
    finding: row.finding_types,
    decision: ended ? some(row.decision) : [],
    status: row.status === null ? [] : some(row.status, `${Math.floor(row.status / 100)}xx`),
    state: ended ? [row.state] : [],
  }
}

/** The number of a label: 64 bits of a hash, as Postgres writes a bigint. Two that are equal by chance differ in the row. */
export function labelNumber(kind: LabelKind, value: string): string {
  const name = `${kind}\n${value}`
  const known = numbers.get(name)
  if (known !== undefined) return known
  const number = createHash('sha256').update(name).digest().readBigInt64BE().toString()
  if (numbers.size >= mostNumbers) numbers.clear()
  numbers.set(name, number)
  return number
}

const mostNumbers = 10_000
const numbers = new Map<string, string>()
