import { readFile } from 'node:fs/promises'
import { type Channel, channelOf, channels } from './channel.ts'

export const detectorNames = ['injection', 'pii', 'secrets'] as const
export type DetectorName = (typeof detectorNames)[number]

export type Span = { start: number; end: number; type: string }
export type SpanRow = { text: string; source: string; kind: string; spans: Span[] }
/** `explicit` is false for an attack that is hostile only by where it stands. */
export type JudgedRow = {
  text: string
  source: string
  kind: string
  channel: Channel
  attack: boolean
  explicit: boolean
}

export type Rows = { injection: JudgedRow[]; pii: SpanRow[]; secrets: SpanRow[] }

/**
 * Reads labelled texts, one JSON object a line: `label` for injection, `spans` for PII, `secrets` for secrets. Rows for several
 * detectors may stand in one file: `detector` says which one a row is for, else its fields do.
 * @param only the detector whose rows are wanted; a row that does not name its detector is read for it.
 */
export async function readRows(path: string, only?: DetectorName): Promise<Rows> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return rowsOf(lines, path, only)
}

export function rowsOf(lines: readonly string[], path: string, only?: DetectorName): Rows {
  const rows: Rows = { injection: [], pii: [], secrets: [] }
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    const place = `${path}:${index + 1}`
    const line = parseLine(text, place)
    const detector = line.detector ?? only ?? guess(line, place)
    if (only !== undefined && detector !== only) continue
    if (detector === 'injection') rows.injection.push(judgedRow(line, place))
    else if (detector === 'pii' || detector === 'secrets') rows[detector].push(spanRow(line, place))
    else
      throw new Error(
        `${place} is for detector ${JSON.stringify(detector)}; known are ${detectorNames.join(', ')}`,
      )
  }
  if (detectorNames.every((name) => rows[name].length === 0))
    throw new Error(`${path} has no rows${only === undefined ? '' : ` for ${only}`}`)
  return rows
}

type Line = {
  text: string
  detector?: DetectorName
  source?: string
  kind?: string
  channel?: string
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

function guess(line: Line, place: string): DetectorName {
  if (line.label !== undefined) return 'injection'
  if (line.secrets) return 'secrets'
  if (line.spans) return 'pii'
  throw new Error(
    `${place} has none of "detector", "label" (injection), "spans" (pii) and "secrets" (secrets)`,
  )
}

function judgedRow(line: Line, place: string): JudgedRow {
  if (line.label === undefined) throw new Error(`${place}: a row without "label"; is it data for injection?`)
  const attack = line.label === 'attack' || line.label === 1 || line.label === true
  const origin = originOf(line)
  const channel = channels.find((name) => name === line.channel) ?? channelOf(origin.kind)
  return { text: line.text, ...origin, channel, attack, explicit: attack && line.explicit !== false }
}

function spanRow(line: Line, place: string): SpanRow {
  const spans = line.spans ?? line.secrets
  if (!spans) throw new Error(`${place}: a row without "spans" or "secrets"; is it data for PII or secrets?`)
  return { text: line.text, ...originOf(line), spans }
}

function originOf({ source = 'unknown', kind = 'unknown' }: Line): { source: string; kind: string } {
  return { source, kind }
}
