import type { Finding } from '@airs-cp/events'
import type { EvaluatedText } from './evaluation-context.ts'
import { type Change, changed, changesInJson, createJsonDecoder, isWholeJson } from './json-text.ts'
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
 * for nothing that the texts already say.
 */
export function redactTexts(
  texts: readonly EvaluatedText[],
  findings: readonly Finding[],
  chosen: ReadonlySet<number>,
  isReversible: (index: number) => boolean,
  numberOf?: (finding: Finding) => string,
): Redaction {
  const placeholder = createPlaceholders(numberOf)
  // What cannot be restored is counted as ever.
  const plain = numberOf ? createPlaceholders() : placeholder
  const reversible = createReversiblePlaceholders(placeholder, plain, texts)
  const byPath = groupByPath(findings, chosen)
  const edits = texts.flatMap(({ path, text }) => {
    const here = byPath.get(path)
    if (!here) return []
    const isJson = isWholeJson(text)
    const replaced = mergeOverlaps(here).map(({ first, start, end, indexes }): Change => {
      const covered = text.slice(start, end)
      const value = isJson ? decoded(covered) : covered
      const name = indexes.every(isReversible) ? reversible.name(first, value) : reversible.unusedName(first)
      return { start, end, text: name }
    })
    const changes = isJson ? changesInJson(text, replaced) : replaced
    return [{ path, text: changed(text, changes), changes }]
  })
  return { edits, restorations: reversible.restorations }
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
) {
  const restorations = new Map<string, string>()
  const names = new Map<string, string>()
  const isSaid = (name: string) => texts.some(({ text }) => text.includes(name))
  return {
    restorations,
    name(finding: Finding, covered: string): string {
      const key = `${finding.type}\0${covered}`
      let name = names.get(key)
      if (name === undefined) {
        name = placeholder(finding)
        while (restorations.has(name) || isSaid(name)) name = placeholder.next(finding)
        names.set(key, name)
        restorations.set(name, covered)
      }
      return name
    },
    unusedName(finding: Finding): string {
      let name = plain(finding)
      while (restorations.has(name)) name = plain.next(finding)
      return name
    },
  }
}
