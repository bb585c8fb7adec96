import { z } from 'zod'
import { sha256Hex } from './digest.ts'

/** What a field held and what is left of it. In `path` an asterisk stands for every element of a list. */
export const cutSchema = z.object({
  path: z.string(),
  unit: z.enum(['items', 'characters']),
  total: z.int().nonnegative(),
  kept: z.int().nonnegative(),
})
export type Cut = z.infer<typeof cutSchema>

/** A name in an event (a model, a finish reason) is at most this long. */
export const maxNameCharacters = 1_024
const nameHead = 900
const mostItems = 2_048
const mostCharacters = 16_384
/** Digests, ids and names of enumerations are shorter. */
const leastCharacters = 64

/** The name, or its beginning with its length and digest, which still distinguish it from others. */
export function boundedName(name: string): string {
  if (name.length <= maxNameCharacters) return name
  return `${headOf(name, nameHead)}… (${name.length} characters, SHA-256 ${sha256Hex(name)})`
}

/**
 * The data of an event, cut until its JSON has at most `limitBytes`: lists keep their first items, texts their
 * beginning, and `cut` says of each field how much it had. Data that fits is cut as well, to the largest bounds, so
 * call this only for data that does not. Recorded bodies stay whole, because their digests are about all of them.
 *
 * Of findings those are kept that verdicts refer to, verdicts that were enforced first; the indexes in verdicts follow.
 */
export function fitData<Data extends object>(data: Data, limitBytes: number): Data & { cut: Cut[] } {
  for (let halvings = 0; ; halvings++) {
    const items = Math.max(1, mostItems >> halvings)
    const characters = Math.max(leastCharacters, mostCharacters >> halvings)
    const cuts = new Map<string, Cut>()
    const fitted = cutValue(data, '', { items, characters, cuts }) as Data
    const result = { ...fitted, cut: [...cuts.values()] }
    const isSmallest = items === 1 && characters === leastCharacters
    if (isSmallest || Buffer.byteLength(JSON.stringify(result)) <= limitBytes) return result
  }
}

type Bounds = { items: number; characters: number; cuts: Map<string, Cut> }

function cutValue(value: unknown, path: string, bounds: Bounds): unknown {
  if (typeof value === 'string') return cutText(value, path, bounds)
  if (Array.isArray(value)) {
    const kept = value.slice(0, bounds.items)
    note(bounds, path, 'items', value.length, kept.length)
    return kept.map((item) => cutValue(item, `${path}.*`, bounds))
  }
  if (typeof value !== 'object' || value === null || isRecordedBody(value)) return value
  const object = isDecision(value) ? withFewerFindings(value, path, bounds) : value
  return Object.fromEntries(
    Object.entries(object).map(([name, member]) => [
      name,
      cutValue(member, path === '' ? name : `${path}.${name}`, bounds),
    ]),
  )
}

function cutText(text: string, path: string, bounds: Bounds): string {
  const kept = headOf(text, bounds.characters)
  note(bounds, path, 'characters', text.length, kept.length)
  return kept
}

/** Elements of one list share an entry, so that the list of cuts is bounded by the schema. */
function note({ cuts }: Bounds, path: string, unit: Cut['unit'], total: number, kept: number): void {
  if (kept === total) return
  const key = `${unit} ${path}`
  const known = cuts.get(key) ?? { path, unit, total: 0, kept: 0 }
  cuts.set(key, { ...known, total: known.total + total, kept: known.kept + kept })
}

/** Never ends within a surrogate pair. */
function headOf(text: string, characters: number): string {
  if (text.length <= characters) return text
  const last = text.charCodeAt(characters - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? characters - 1 : characters)
}

function isRecordedBody(value: object): boolean {
  return 'sha256' in value && 'mediaType' in value && 'bytes' in value
}

type Judged = {
  findings: unknown[]
  verdicts: { enforced: boolean; findings: number[] }[]
}

function isDecision(value: object): value is Judged {
  return 'findings' in value && 'verdicts' in value && Array.isArray(value.findings)
}

function withFewerFindings(decision: Judged, path: string, bounds: Bounds): Judged {
  const { findings, verdicts } = decision
  if (findings.length <= bounds.items) return decision
  const chosen = chooseFindings(decision, bounds.items)
  const places = new Map(chosen.map((index, place) => [index, place]))
  note(bounds, `${path}.findings`, 'items', findings.length, chosen.length)
  return {
    ...decision,
    findings: chosen.map((index) => findings[index]),
    verdicts: verdicts.map((verdict) => {
      const kept = verdict.findings.flatMap((index) => places.get(index) ?? [])
      note(bounds, `${path}.verdicts.*.findings`, 'items', verdict.findings.length, kept.length)
      return { ...verdict, findings: kept }
    }),
  }
}

/** Each verdict gets an equal part of the room, those that were enforced first; what is left goes by order. */
function chooseFindings({ findings, verdicts }: Judged, room: number): number[] {
  const chosen = new Set<number>()
  const part = Math.max(1, Math.floor(room / Math.max(1, verdicts.length)))
  for (const { findings: own } of verdicts.toSorted((a, b) => Number(b.enforced) - Number(a.enforced)))
    for (const index of own.slice(0, part)) if (chosen.size < room) chosen.add(index)
  for (let index = 0; index < findings.length && chosen.size < room; index++) chosen.add(index)
  return [...chosen].sort((a, b) => a - b)
}
