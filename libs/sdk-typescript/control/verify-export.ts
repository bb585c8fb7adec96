import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { VerificationFailed } from './errors.js'
import { type Gap, type Manifest, manifestName, type Place, readManifest } from './manifest.js'
import { byName, createTally, type Row, readRow } from './tally.js'

/** A file that matches its manifest, to the byte. */
export type VerifiedExport = {
  manifest: Manifest
  sha256: string
  rows: number
  bytes: number
  /** Events that are missing according to the journals' sequence numbers, as the manifest declares them. */
  gaps: Gap[]
  /**
   * `rows`: each of them was read, too. `file`: size and digest only, because this Node cannot decompress it (zstd needs
   * 22.15); the rest is taken from the manifest.
   */
  checked: 'rows' | 'file'
}

const mostProblems = 20

/**
 * Checks a file against its manifest, without asking anybody. Reads it once and keeps one row at a time.
 * @throws VerificationFailed, with all its `problems`, when it differs from the manifest.
 */
export async function verifyExport(path: string, manifestPath?: string): Promise<VerifiedExport> {
  const manifest = await readManifest(manifestPath ?? manifestName(path))
  const problems: string[] = []
  const whole = createMeter()
  const file = whole.measure(createReadStream(path))
  const content = decompressed(manifest, file)
  if (content) await checkContent(manifest, content, problems)
  else for await (const _ of file);
  // What could not be decompressed was not read to its end.
  const { bytes, sha256 } = problems.some(isUnreadable) ? await measureFile(path) : whole.result()
  const [claimed] = manifest.files
  compare(problems, 'File size', claimed.bytes, bytes, ' bytes')
  compare(problems, 'File SHA-256', claimed.sha256, sha256)
  if (problems.length > 0) {
    const reported = problems.slice(0, mostProblems)
    throw new VerificationFailed(`${path} does not match its manifest. ${reported.join('. ')}`, reported)
  }
  const gaps = (manifest.journals ?? []).flatMap(({ journal, gaps }) =>
    gaps.map(({ from, to }) => ({ journal, from, to })),
  )
  return { manifest, sha256, rows: manifest.rows, bytes, gaps, checked: content ? 'rows' : 'file' }
}

export async function measureFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const meter = createMeter()
  for await (const _ of meter.measure(createReadStream(path)));
  return meter.result()
}

const unreadable = 'The file cannot be read to its end: '
const isUnreadable = (problem: string) => problem.startsWith(unreadable)

async function checkContent(
  manifest: Manifest,
  bytes: AsyncIterable<Buffer>,
  problems: string[],
): Promise<void> {
  const { format, kind } = manifest
  const content = createMeter()
  const tally = createTally()
  let rows = 0
  try {
    const measured = content.measure(bytes)
    if (format === 'csv') rows = await countRecords(measured)
    else {
      let before: Row | undefined
      for await (const line of linesOf(measured)) {
        rows += 1
        const row = tryRow(kind, line, rows, problems)
        if (!row) continue
        if (before && !isBefore(before, row))
          problems.push(`Line ${rows} does not come after the line before it`)
        tally.add(row)
        before = row
      }
    }
  } catch (error) {
    problems.push(`${unreadable}${(error as Error).message}`)
  }
  const found = content.result()
  compare(problems, 'Row data size', manifest.content.bytes, found.bytes, ' bytes')
  compare(problems, 'Row data SHA-256', manifest.content.sha256, found.sha256)
  compare(problems, 'Number of rows', manifest.rows, rows)
  if (format === 'csv') return
  const counts = Object.fromEntries(Object.entries(manifest.counts).sort(byName))
  compare(problems, 'Counts', counts, tally.counts())
  compare(problems, 'First row', placeOf(manifest.first), placeOf(tally.first()))
  compare(problems, 'Last row', placeOf(manifest.last), placeOf(tally.last()))
  const { coverage, twice } = tally.journals()
  problems.push(...twice)
  if (manifest.journals) compare(problems, 'Journals', manifest.journals, coverage)
}

function tryRow(kind: Manifest['kind'], line: Buffer, number: number, problems: string[]): Row | undefined {
  try {
    return readRow(kind, line.toString('utf8'))
  } catch (error) {
    problems.push(`Line ${number} is not a row of ${kind}: ${(error as Error).message}`)
    return undefined
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)])
      rest = []
      from = at + 1
    }
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
  if (rest.length > 0) yield Buffer.concat(rest)
}

/** Rows of RFC 4180, without the head: a line break within quotes ends none. */
async function countRecords(chunks: AsyncIterable<Buffer>): Promise<number> {
  const [quote, newline] = [0x22, 0x0a]
  let records = 0
  let isQuoted = false
  for await (const chunk of chunks)
    for (const byte of chunk) {
      if (byte === quote) isQuoted = !isQuoted
      else if (byte === newline && !isQuoted) records += 1
    }
  return Math.max(0, records - 1)
}

function isBefore(a: Place, b: Place): boolean {
  const [timeA, timeB] = [Date.parse(a.time), Date.parse(b.time)]
  return timeA < timeB || (timeA === timeB && Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) < 0)
}

function placeOf(place: Place | null | undefined): string {
  return place ? `${place.id} at ${new Date(place.time).toISOString()}` : 'none'
}

function compare(problems: string[], what: string, expected: unknown, found: unknown, unit = ''): void {
  if (JSON.stringify(expected) === JSON.stringify(found)) return
  problems.push(`${what}: expected ${shown(expected)}${unit}, found ${shown(found)}`)
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
  return {
    async *measure(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    result: () => ({ bytes, sha256: hash.copy().digest('hex') }),
  }
}

/** Undefined where this Node cannot decompress it: only the file can be checked then. */
function decompressed(
  { compression }: Manifest,
  bytes: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> | undefined {
  if (compression === 'none') return bytes
  if (compression === 'zstd' && typeof zlib.createZstdDecompress !== 'function') return undefined
  const decompressor = compression === 'gzip' ? zlib.createGunzip() : zlib.createZstdDecompress()
  return pipeline(Readable.from(bytes), decompressor, () => {
    // The reader of the last stream gets every error.
  })
}
