import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type Manifest, manifestName, Tally } from '@airs-cp/manifest'

type Row = Record<string, unknown>

/** An export as a case has it, and what became of it after its manifest was made. */
export type ExportCase = {
  kind?: Manifest['kind']
  format?: Manifest['format']
  compression?: Manifest['compression']
  rows?: Row[]
  /** Instead of rows. */
  text?: string
  /** Replaced in the content. */
  edit?: [text: string, by: string]
  /** The row of this index is not there. */
  without?: number
  /** The file lacks so many bytes at its end. */
  cutBytes?: number
  /** What the manifest says instead. */
  manifest?: Record<string, unknown>
  /** All that stands where the manifest is wanted; null: nothing. */
  manifestText?: string | null
}

/** Writes the file and its manifest. Returns what the manifest says. */
export function makeExport(path: string, one: ExportCase): Manifest {
  const { kind = 'events', format = 'jsonl', compression = 'none', rows = [], text, edit, without } = one
  const textOf = (some: Row[]) => text ?? some.map((row) => `${JSON.stringify(row)}\n`).join('')
  const whole = Buffer.from(textOf(rows))
  const left = textOf(rows.filter((_, index) => index !== without))
  const file = pack(compression, Buffer.from(edit ? left.replace(...edit) : left))
  writeFileSync(path, file.subarray(0, file.length - (one.cutBytes ?? 0)))

  const tally = new Tally()
  for (const row of rows) tally.add(talliedOf(kind, row))
  const { counts, first, last } = tally.state()
  const manifest = {
    manifest: 'airs-export/1',
    kind,
    format,
    compression,
    includeLineage: false,
    from: null,
    until: null,
    filters: {},
    rows: rows.length,
    counts,
    first,
    last,
    journals: kind === 'events' ? tally.journals() : null,
    content: measure(whole),
    files: [{ name: 'events', ...measure(pack(compression, whole)) }],
    made: { exportId: 'e', at: '', by: 'test', software: { name: 'airs-cp', version: '0' } },
    ...one.manifest,
  } as Manifest
  const { manifestText = JSON.stringify(manifest) } = one
  if (manifestText !== null) writeFileSync(manifestName(path), manifestText)
  return manifest
}

function talliedOf(kind: Manifest['kind'], row: Row) {
  const { id, session, event, time, startedAt, type, decision, journal, sequence } = row as never
  const fields = {
    events: { id, time, label: type, journal, sequence },
    sessions: { id: session, time: startedAt, label: 'session' },
    decisions: { id: event, time, label: (decision as { action: string } | undefined)?.action },
  }
  return fields[kind] as Parameters<Tally['add']>[0]
}

function pack(compression: Manifest['compression'], content: Buffer): Buffer {
  if (compression === 'none') return content
  return compression === 'gzip' ? gzipSync(content) : zstdCompressSync(content)
}

function measure(bytes: Buffer) {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
