import type { Finding } from '@airs-cp/events'
import type { EvaluatedText } from './evaluation-context.ts'
import {
  beginsAsJson,
  type Change,
  changed,
  changesInJson,
  createJsonDecoder,
  isWholeJson,
  maxLevels,
} from './json-text.ts'
import { byPlace, createPlaceholders, type Placeholders } from './redact.ts'

/** A text of which parts are replaced. */
export type TextChange = {
  path: string
  /** All of the new text. */
  text: string
  /** The parts, in offsets of the old one, in order. */
  changes: Change[]
}

export type Redaction = {
  edits: TextChange[]
  restorations: ReadonlyMap<string, string>
}

/**
 * Every text that holds a chosen finding, with those findings replaced; findings that overlap are replaced together, under the
 * name of the first. What only reversible findings cover can be restored: its placeholder stands for that value alone, and
 * for nothing that the texts already say. No two members of one object get the same name.
 */
export function redactTexts(
  texts: readonly EvaluatedText[],
  findings: readonly Finding[],
  chosen: ReadonlySet<number>,
  isReversible: (index: number) => boolean,
  numberOf?: (finding: Finding) => string,
): Redaction {
  const asked = { texts, findings, chosen, isReversible, numberOf }
  const redaction = redactBeside(asked, new Set())
  const merging = textsThatMerge(texts, redaction.edits)
  return merging.length === 0 ? redaction : redactBeside(asked, new Set(merging.flatMap(placeholdersIn)))
}

type Asked = {
  texts: readonly EvaluatedText[]
  findings: readonly Finding[]
  chosen: ReadonlySet<number>
  isReversible: (index: number) => boolean
  numberOf: ((finding: Finding) => string) | undefined
}

/** @param avoided placeholders that are not given, in lower case. */
function redactBeside(
  { texts, findings, chosen, isReversible, numberOf }: Asked,
  avoided: ReadonlySet<string>,
): Redaction {
  const placeholder = createPlaceholders(numberOf)
  // What cannot be restored is counted as ever.
  const plain = numberOf ? createPlaceholders() : placeholder
  const reversible = createReversiblePlaceholders(placeholder, plain, texts, avoided)
  const byPath = groupByPath(findings, chosen)
  const edits = texts.flatMap(({ path, text }) => {
    const here = byPath.get(path)
    if (!here) return []
    const isJson = isWholeJson(text)
    const replaced = mergeOverlaps(here).map(({ first, start, end, indexes }): Change => {
      const covered = text.slice(start, end)
      const value = isJson ? decoded(covered) : covered
      // What covers more than its first finding is another value than that.
      const whole = end > first.end ? { ...first, digest: `${first.digest} ${value}` } : first
      const name = indexes.every(isReversible) ? reversible.name(first, value) : reversible.unusedName(whole)
      return { start, end, text: name }
    })
    const changes = isJson ? changesInJson(text, replaced) : replaced
    return [{ path, text: changed(text, changes), changes }]
  })
  return { edits, restorations: reversible.restorations }
}

const memberName = /#\d+$/
const placeholderForm = /\[[\w.-]+\]/g

function placeholdersIn(text: string): string[] {
  return text.toLowerCase().match(placeholderForm) ?? []
}

/** Names of members, and texts in JSON, that would give an object two members of one name if they were changed so. */
function textsThatMerge(texts: readonly EvaluatedText[], edits: readonly TextChange[]): string[] {
  const names = texts.filter(({ path }) => memberName.test(path)).map(({ text }) => text)
  const known = new Set(edits.some(({ path }) => memberName.test(path)) ? names.map(fold) : [])
  const byPath = new Map(texts.map(({ path, text }) => [path, text]))
  const merging: string[] = []
  for (const { path, text } of edits) {
    if (memberName.test(path)) {
      if (known.has(fold(text))) merging.push(...names)
      known.add(fold(text))
    } else if (mergesMembers(byPath.get(path)!, text)) merging.push(byPath.get(path)!)
  }
  return merging
}

function fold(name: string): string {
  return name.toLowerCase()
}

/** Whether a JSON text has fewer members than it had before it was changed. */
export function mergesMembers(before: string, after: string): boolean {
  return isWholeJson(after) && membersOf(after) < membersOf(before)
}

/** How many members the objects of a JSON text have, also those of JSON in its strings. */
function membersOf(text: string): number {
  let members = 0
  const pending: { value: unknown; depth: number }[] = [{ value: text, depth: 0 }]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next
    if (typeof value === 'string') {
      if (depth < maxLevels && beginsAsJson(value)) pending.push({ value: parsed(value), depth: depth + 1 })
    } else if (Array.isArray(value)) for (const element of value) pending.push({ value: element, depth })
    else if (typeof value === 'object' && value !== null) {
      const folded = new Set(Object.keys(value).map(fold))
      members += folded.size
      for (const child of Object.values(value)) pending.push({ value: child, depth })
    }
  }
  return members
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function decoded(part: string): string {
  const decoder = createJsonDecoder()
  return decoder.push(part) + decoder.end()
}

type Placed = { finding: Finding; index: number }
type Group = { first: Finding; start: number; end: number; indexes: number[] }

function groupByPath(findings: readonly Finding[], chosen: ReadonlySet<number>): Map<string, Placed[]> {
  const byPath = new Map<string, Placed[]>()
  for (const index of chosen) {
    const finding = findings[index]!
    if (finding.end === finding.start) continue
    const here = byPath.get(finding.path) ?? []
    here.push({ finding, index })
    byPath.set(finding.path, here)
  }
  return byPath
}

function mergeOverlaps(placed: Placed[]): Group[] {
  const groups: Group[] = []
  for (const { finding, index } of placed.sort((a, b) => byPlace(a.finding, b.finding))) {
    const last = groups.at(-1)
    if (last && finding.start < last.end) {
      last.end = Math.max(last.end, finding.end)
      last.indexes.push(index)
    } else groups.push({ first: finding, start: finding.start, end: finding.end, indexes: [index] })
  }
  return groups
}

/** Names that stand for one value each. */
function createReversiblePlaceholders(
  placeholder: Placeholders,
  plain: Placeholders,
  texts: readonly EvaluatedText[],
  avoided: ReadonlySet<string>,
) {
  const restorations = new Map<string, string>()
  const names = new Map<string, string>()
  let said: ReadonlySet<string> | undefined
  const isSaid = (name: string) => {
    said ??= new Set(texts.flatMap(({ text }) => text.match(placeholderForm) ?? []))
    return said.has(name)
  }
  return {
    restorations,
    name(finding: Finding, covered: string): string {
      const key = `${finding.type}\0${covered}`
      let name = names.get(key)
      if (name === undefined) {
        name = placeholder(finding)
        while (restorations.has(name) || avoided.has(fold(name)) || isSaid(name))
          name = placeholder.next(finding)
        names.set(key, name)
        restorations.set(name, covered)
      }
      return name
    },
    unusedName(finding: Finding): string {
      let name = plain(finding)
      while (restorations.has(name) || avoided.has(fold(name))) name = plain.next(finding)
      return name
    },
  }
}
