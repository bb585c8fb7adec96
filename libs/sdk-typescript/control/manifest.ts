import { readFile, writeFile } from 'node:fs/promises'
import { VerificationFailed } from './errors.js'

/** Where a row stands in the order of an export. */
export type Place = { time: string; id: string }

/** Sequences of a journal that an export has not, both ends included. */
export type Gap = { journal: string; from: number; to: number }

export type JournalCoverage = {
  journal: string
  first: number
  last: number
  events: number
  gaps: { from: number; to: number }[]
}

/** What an export claims of itself. */
export type Manifest = {
  manifest: 'airs-export/1'
  kind: 'events' | 'sessions' | 'decisions'
  format: 'jsonl' | 'csv'
  compression: 'none' | 'gzip' | 'zstd'
  from: string | null
  /** First instant that is not included. */
  until: string | null
  rows: number
  /** Rows by type of event, action of decision, or state of session. */
  counts: Record<string, number>
  first: Place | null
  last: Place | null
  /** Of an unfiltered export of events; null for others, which say nothing of gaps. */
  journals: JournalCoverage[] | null
  /** The rows before compression. */
  content: { bytes: number; sha256: string }
  files: [{ name: string; bytes: number; sha256: string }]
  made: { exportId: string } & Record<string, unknown>
} & Record<string, unknown>

/** Where the manifest of an export's file stands. */
export function manifestName(file: string): string {
  return `${file}.manifest.json`
}

/** Readable for its owner alone. */
export async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  await writeFile(manifestName(file), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
}

/** @throws VerificationFailed when there is none. */
export async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new VerificationFailed(
      `There is no manifest ${path}: download(), and the command "airs export --output", put it beside the file; name another with { manifest }`,
    )
  })
  try {
    const manifest: unknown = JSON.parse(text)
    assertManifest(manifest)
    return manifest
  } catch (error) {
    throw new VerificationFailed(`${path} is no manifest of an export: ${(error as Error).message}`)
  }
}

const known = {
  manifest: ['airs-export/1'],
  kind: ['events', 'sessions', 'decisions'],
  format: ['jsonl', 'csv'],
  compression: ['none', 'gzip', 'zstd'],
}

function assertManifest(value: unknown): asserts value is Manifest {
  const { files, content, counts, journals, made, ...rest } = value as Manifest
  for (const [name, values] of Object.entries(known))
    if (!values.includes(String(rest[name])))
      throw new TypeError(`"${name}" is ${JSON.stringify(rest[name])}, which is none of ${values.join(', ')}`)
  if (files?.length !== 1) throw new TypeError('it has not one file')
  for (const one of [...files, content])
    if (typeof one?.sha256 !== 'string' || typeof one.bytes !== 'number')
      throw new TypeError('it lacks a size or a digest')
  if (typeof rest.rows !== 'number' || typeof counts !== 'object' || counts === null)
    throw new TypeError('it lacks what counts its rows')
  if (typeof made?.exportId !== 'string') throw new TypeError('it does not name the export that made it')
  if (journals !== null && !journals?.every(({ gaps }) => Array.isArray(gaps)))
    throw new TypeError('it does not list what it contains of each journal')
}
