import { createHash } from 'node:crypto'
import { pipeline, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import type { LeafAttributes } from '@airs-cp/evidence'
import type { VerifierKey } from '@airs-cp/transparency-log'
import { createProofCheck, type ProofCheck, type Proven } from './check-proof.ts'
import { splitLines } from './lines.ts'
import type { Manifest, Place } from './manifest.ts'
import { readRow } from './read-row.ts'
import { Tally } from './tally.ts'

export type Verdict = {
  /** What differs from the manifest or the log, one sentence each. Empty: the file is what they say. */
  problems: string[]
  /** Null: nothing was proven, because no proof was given. */
  proven: Proven | null
  rows: number
  bytes: number
  sha256: string
  /**
   * `file`: the size and digest of the file alone, because this Node cannot decompress it (zstd needs 22.15), or nobody has read the
   * rows of Parquet.
   */
  checked: 'rows' | 'file'
}

/** The proof of a file, and the keys of logs that are trusted. */
export type ProofInput = { file: AsyncIterable<Buffer>; keys: readonly VerifierKey[] }

/** A row of a Parquet file: its event, its place in the log, and the columns that say something else than the event. */
export type ParquetRow = { line: Buffer; leaf: number | null; wrong: readonly string[] }

const mostProblems = 20

/**
 * Checks the bytes of an export's file against its manifest, without asking anybody: size and digest of the file, its
 * rows and their digest, their order, counts, first and last place, and each journal's coverage and gaps. With a proof,
 * also each row against its leaf, and the leaves against the root that a trusted key has signed. Reads the files once and
 * keeps one row at a time. The rows of CSV are counted and not looked into.
 * @param parquet the rows of a Parquet file, which needs a reader of its own.
 */
export async function verifyExport(
  manifest: Manifest,
  file: AsyncIterable<Buffer>,
  proof?: ProofInput,
  parquet?: AsyncIterable<ParquetRow>,
): Promise<Verdict> {
  const problems: string[] = []
  const complain = (problem: string) => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  const whole = createMeter()
  const content = createMeter()
  const tally = new Tally()
  const proofMeter = createMeter()
  const proofCheck =
    proof && manifest.proof
      ? createProofCheck(manifest, splitLines(metered(proof.file, proofMeter)), proof.keys, complain)
      : undefined
  const chunks = file[Symbol.asyncIterator]()
  const decompress = manifest.format === 'parquet' ? undefined : decompressorOf(manifest)
  const isRead = decompress !== undefined || parquet !== undefined
  let { rows } = manifest
  const reading = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      complain(`The file cannot be read to its end: ${(error as Error).message}`)
    }
  }
  if (decompress)
    await reading(async () => {
      rows = 0
      const bytes = metered(decompress(metered(remaining(chunks), whole)), content)
      if (manifest.format === 'csv') rows = await countRecords(bytes)
      else rows = await checkLines(manifest, splitLines(bytes), tally, complain, proofCheck)
    })
  if (parquet)
    await reading(async () => {
      rows = 0
      const lines = linesOfParquet(manifest, parquet, content, complain)
      rows = await checkLines(manifest, lines, tally, complain, proofCheck)
    })
  // Where decompression failed, or there was none, a part of the file was not read.
  await reading(async () => {
    for await (const _ of metered(remaining(chunks), whole));
  })
  await chunks.return?.()
  const proven = (await proofCheck?.end()) ?? null
  const [claimed] = manifest.files
  const { bytes, sha256 } = whole.result()
  compare(complain, 'File size', claimed!.bytes, bytes, ' bytes')
  compare(complain, 'File SHA-256', claimed!.sha256, sha256)
  if (isRead) {
    compare(complain, 'Row data size', manifest.content.bytes, content.result().bytes, ' bytes')
    compare(complain, 'Row data SHA-256', manifest.content.sha256, content.result().sha256)
    compare(complain, 'Number of rows', manifest.rows, rows)
    if (manifest.format !== 'csv') compareTally(complain, manifest, tally)
  }
  if (proofCheck) {
    const { bytes, sha256 } = proofMeter.result()
    compare(complain, 'Proof size', manifest.proof!.bytes, bytes, ' bytes')
    compare(complain, 'Proof SHA-256', manifest.proof!.sha256, sha256)
  }
  return { problems, proven, rows, bytes, sha256, checked: isRead ? 'rows' : 'file' }
}

function compareTally(complain: (problem: string) => void, manifest: Manifest, tally: Tally): void {
  const { counts, first, last } = tally.state()
  compare(complain, 'Counts', manifest.counts, counts)
  compare(complain, 'First row', placeOf(manifest.first), placeOf(first))
  compare(complain, 'Last row', placeOf(manifest.last), placeOf(last))
  if (manifest.journals) compare(complain, 'Journals', manifest.journals, tally.journals())
}

async function* linesOfParquet(
  { archive }: Manifest,
  rows: AsyncIterable<ParquetRow>,
  content: ReturnType<typeof createMeter>,
  complain: (problem: string) => void,
): AsyncGenerator<Buffer> {
  let number = 0
  for await (const { line, leaf, wrong } of rows) {
    const expected = archive && archive.leaves.from + number
    number++
    if (wrong.length > 0) complain(`Row ${number}: ${wrong.join(', ')}: not what its event says`)
    if (expected !== undefined && leaf !== expected)
      complain(`Row ${number}: leaf: expected ${expected}, found ${leaf ?? 'none'}`)
    content.take(line)
    content.take(lineFeed)
    yield line
  }
}

const lineFeed = Buffer.from('\n')

async function checkLines(
  { kind, archive }: Manifest,
  lines: AsyncIterable<Buffer>,
  tally: Tally,
  complain: (problem: string) => void,
  proofCheck: ProofCheck | undefined,
): Promise<number> {
  let number = 0
  let before: Place | undefined
  for await (const line of lines) {
    number++
    let row: ReturnType<typeof readRow>
    try {
      row = readRow(kind, line)
    } catch (error) {
      complain(`Line ${number} is not a row of ${kind}: ${(error as Error).message}`)
      continue
    }
    // Those of an archived day are in the order of the log, which their proof has.
    if (before && !archive && !isBefore(before, row))
      complain(`Line ${number} does not come after the line before it`)
    if (!tally.add(row))
      complain(`Line ${number} has place ${row.sequence} of journal ${row.journal}, as a line before it has`)
    if (proofCheck)
      await proofCheck.row({ number, id: row.id, line, attributes: row.members as LeafAttributes })
    before = row
  }
  return number
}

/** Rows of RFC 4180, without the head: a line break within quotes ends none. */
async function countRecords(bytes: AsyncIterable<Buffer>): Promise<number> {
  const [quote, newline] = [0x22, 0x0a]
  let records = 0
  let isQuoted = false
  for await (const chunk of bytes)
    for (const byte of chunk) {
      if (byte === quote) isQuoted = !isQuoted
      else if (byte === newline && !isQuoted) records++
    }
  return Math.max(0, records - 1)
}

function isBefore(a: Place, b: Place): boolean {
  const [timeA, timeB] = [Date.parse(a.time), Date.parse(b.time)]
  return timeA < timeB || (timeA === timeB && Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) < 0)
}

function placeOf(place: Place | null): string {
  return place ? `${place.id} at ${new Date(place.time).toISOString()}` : 'none'
}

function compare(
  complain: (problem: string) => void,
  what: string,
  expected: unknown,
  found: unknown,
  unit = '',
): void {
  if (JSON.stringify(expected) === JSON.stringify(found)) return
  complain(`${what}: expected ${shown(expected)}${unit}, found ${shown(found)}`)
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en')
  return shortened(typeof value === 'string' ? value : JSON.stringify(value))
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

function createMeter() {
  const hash = createHash('sha256')
  let bytes = 0
  let digest: string | undefined
  return {
    take(chunk: Buffer) {
      hash.update(chunk)
      bytes += chunk.length
    },
    result() {
      digest ??= hash.digest('hex')
      return { bytes, sha256: digest }
    },
  }
}

async function* metered(
  chunks: AsyncIterable<Buffer>,
  meter: ReturnType<typeof createMeter>,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    meter.take(chunk)
    yield chunk
  }
}

/** What the reader before has left. Unlike a loop over the iterator, it does not close it. */
async function* remaining(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
}

type Decompress = (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>

/** Undefined where this Node has none. */
function decompressorOf({ compression }: Manifest): Decompress | undefined {
  if (compression === 'none') return (bytes) => bytes
  if (compression === 'zstd' && !('createZstdDecompress' in zlib)) return undefined
  const through: Transform = compression === 'gzip' ? zlib.createGunzip() : zlib.createZstdDecompress()
  return (bytes) =>
    pipeline(Readable.from(bytes), through, () => {
      // The reader of the last stream gets every error.
    })
}
