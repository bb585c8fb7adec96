import { readFile } from 'node:fs/promises'

export const detectorNames = ['injection', 'pii', 'secrets'] as const
export type DetectorName = (typeof detectorNames)[number]

export type Span = { start: number; end: number; type: string }
export type SpanRow = { text: string; source: string; kind: string; spans: Span[] }
/** `explicit` is false for an attack that is hostile only by where it stands. */
export type JudgedRow = { text: string; source: string; kind: string; attack: boolean; explicit: boolean }

export type Rows =
  | { detector: 'injection'; rows: JudgedRow[] }
  | { detector: 'pii' | 'secrets'; rows: SpanRow[] }

/**
 * Reads labelled texts, one JSON object a line: `label` for injection, `spans` for PII, `secrets` for secrets.
 * @param detector what to read them for; else the fields of the first row tell.
 */
export async function readRows(path: string, detector?: DetectorName): Promise<Rows> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  const values = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [parseLine(line, `${path}:${index + 1}`)],
  )
  const first = values[0]
  if (!first) throw new Error(`${path} has no rows`)
  const chosen = detector ?? guess(first, path)
  if (chosen === 'injection') return { detector: chosen, rows: values.map((value) => judgedRow(value, path)) }
  return { detector: chosen, rows: values.map((value) => spanRow(value, path)) }
}

type Line = {
  text: string
  source?: string
  kind?: string
  label?: string | number | boolean
  explicit?: boolean
  spans?: Span[]
  secrets?: Span[]
}

function parseLine(line: string, place: string): Line {
  let value: Line
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new Error(`${place} is not JSON`, { cause })
  }
  if (typeof value?.text !== 'string') throw new Error(`${place} has no "text"`)
  return value
}

function guess(line: Line, path: string): DetectorName {
  if (line.label !== undefined) return 'injection'
  if (line.secrets) return 'secrets'
  if (line.spans) return 'pii'
  throw new Error(`${path}: the first row has none of "label" (injection), "spans" (pii) and "secrets"`)
}

function judgedRow(line: Line, path: string): JudgedRow {
  if (line.label === undefined) throw new Error(`${path}: a row without "label"; is it data for injection?`)
  const attack = line.label === 'attack' || line.label === 1 || line.label === true
  return { text: line.text, ...originOf(line), attack, explicit: attack && line.explicit !== false }
}

function spanRow(line: Line, path: string): SpanRow {
  const spans = line.spans ?? line.secrets
  if (!spans) throw new Error(`${path}: a row without "spans" or "secrets"; is it data for PII or secrets?`)
  return { text: line.text, ...originOf(line), spans }
}

function originOf({ source = 'unknown', kind = 'unknown' }: Line): { source: string; kind: string } {
  return { source, kind }
}
