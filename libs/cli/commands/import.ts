import { isUtf8 } from 'node:buffer'
import { createReadStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isPassing, pause } from '@airs-cp/client'
import { parseForeignEvent } from '@airs-cp/events'
import { manifestName, verifyExport } from '@airs-cp/manifest'
import { KeptTree } from '@airs-cp/transparency-log'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { type Contents, createContents, type EventFile, openEventFile } from '../event-file.ts'
import { exitCodes } from '../exit-codes.ts'
import { trackBytes } from '../export-progress.ts'
import { formatBytes, formatCount, formatNumberOf } from '../format.ts'
import { readManifest } from '../manifest-file.ts'
import { createProgress } from '../progress.ts'

/** Of one request: well below what the control API takes, and enough to be quick. */
const batchBytes = 1024 * 1024
const batchLines = 1_000
const requestsAtOnce = 2
const patienceMs = 60_000

export function configureImport(command: Command, context: Context): void {
  command
    .command('events', { isDefault: true })
    .description(
      'Import events that another AIRS-CP has exported. They are checked first, then stored with their own ids, times and bytes. They have no effect here. Events that are here already stay as they are.',
    )
    .argument('<file>', 'an export of events as JSON Lines, plain or compressed with gzip or zstd')
    .action((file: string) => importEvents(context, file))
}

async function importEvents(context: Context, name: string): Promise<void> {
  const { imports } = context.client()
  const file = await openEventFile(resolve(context.io.cwd, name), 'Nothing was sent.')
  const signal = context.interruption()
  await checkAgainstManifest(context, file)
  const contents = await check(context, file, signal)
  const { parts, ...checked } = contents
  const announced = { count: parts.size, root: parts.root().toString('hex') }
  const { id } = await imports.begin({ ...checked, parts: announced })
  const counts = await send(context, file, contents, id, signal)
  context.result({ file: file.path, ...checked, ...counts, id }, () => {
    const { imported, known } = counts
    const already = known > 0 ? `, ${formatCount(known)} were here already` : ''
    return `${formatNumberOf(imported, 'event')} imported${already} (import ${id}).`
  })
}

/** @throws CommandError when there is a manifest beside the file, and the file is not what it says. */
async function checkAgainstManifest(context: Context, { path }: EventFile): Promise<void> {
  if (!existsSync(manifestName(path))) {
    context.note(
      `There is no ${manifestName(path)}: each line can be checked, but not whether the file is complete.`,
    )
    return
  }
  const manifest = await readManifest(manifestName(path))
  if (manifest.kind !== 'events' || manifest.format !== 'jsonl')
    throw new CommandError(
      exitCodes.usage,
      'usage',
      `${path} is an export of ${manifest.kind} as ${manifest.format}; events as jsonl can be imported.`,
    )
  const { problems } = await verifyExport(manifest, createReadStream(path))
  if (problems.length > 0)
    throw new CommandError(
      exitCodes.failed,
      'not_verified',
      `${path} does not match its manifest, and nothing was sent:\n${problems.join('\n')}`,
    )
}

/** What was checked, and the parts in which it is sent. */
type Checked = Contents & { parts: KeptTree }

/** Reads the whole file before anything is sent. @throws CommandError naming the line that is wrong. */
async function check(context: Context, file: EventFile, signal: AbortSignal): Promise<Checked> {
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackBytes('Checking', file.storedBytes)
  const contents = createContents()
  const parts = new KeptTree()
  let number = 0
  try {
    for await (const batch of batches(file, (bytes) => progress.show(track(bytes, performance.now())))) {
      signal.throwIfAborted()
      for (const line of batch.lines) {
        number++
        checkLine(file, number, line)
        contents.add(line)
      }
      parts.append(textOf(batch.lines))
    }
  } finally {
    progress.clear()
  }
  const result = contents.result()
  context.note(
    `${formatNumberOf(result.events, 'event')}, ${formatBytes(result.bytes)}, SHA-256 ${result.sha256}`,
  )
  return { ...result, parts }
}

function checkLine(file: EventFile, number: number, line: Buffer): void {
  try {
    if (!isUtf8(line)) throw new Error('it is not UTF-8')
    parseForeignEvent(line.toString('utf8'))
  } catch (error) {
    throw new CommandError(
      exitCodes.failed,
      'file_damaged',
      `Line ${number} of ${file.path} is no event that this version knows: ${(error as Error).message} Nothing was sent.`,
      { cause: error },
    )
  }
}

async function send(
  context: Context,
  file: EventFile,
  contents: Checked,
  id: string,
  signal: AbortSignal,
): Promise<{ imported: number; known: number }> {
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackBytes('Importing', contents.bytes)
  const passed = createContents()
  const total = { imported: 0, known: 0 }
  let doneBytes = 0
  const sending = new Set<Promise<void>>()

  async function sendBatch(part: number, lines: Buffer[], bytes: number): Promise<void> {
    const proof = contents.parts.proof(part)
    const sent = { part, lines: textOf(lines).toString('utf8'), proof }
    const { imported, known } = await persistently(context, signal, () =>
      context.client().imports.send(id, sent, { signal }),
    )
    total.imported += imported
    total.known += known
    doneBytes += bytes
    progress.show(track(doneBytes, performance.now()))
  }

  try {
    for await (const { part, lines, bytes } of batches(file)) {
      for (const line of lines) passed.add(line)
      if (part >= contents.parts.size) throw hasChanged(file)
      const sent = sendBatch(part, lines, bytes).finally(() => sending.delete(sent))
      sending.add(sent)
      if (sending.size >= requestsAtOnce) await Promise.race(sending)
    }
    await Promise.all(sending)
  } catch (error) {
    await Promise.allSettled(sending)
    progress.clear()
    if (total.imported > 0)
      context.note(
        `${formatNumberOf(total.imported, 'event')} of the file were imported before; to go on, import it again.`,
      )
    throw error
  } finally {
    progress.clear()
  }
  if (passed.result().sha256 !== contents.sha256) throw hasChanged(file)
  return total
}

function hasChanged({ path }: EventFile): CommandError {
  return new CommandError(
    exitCodes.failed,
    'file_changed',
    `${path} has changed since it was checked; what was not checked was not imported.`,
  )
}

const newline = Buffer.from('\n')

function textOf(lines: Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, newline]))
}

async function* batches(
  file: EventFile,
  onRead?: (storedBytes: number) => void,
): AsyncGenerator<{ part: number; lines: Buffer[]; bytes: number }> {
  let part = 0
  let lines: Buffer[] = []
  let bytes = 0
  for await (const line of file.lines(onRead)) {
    if (lines.length > 0 && (bytes + line.length > batchBytes || lines.length >= batchLines)) {
      yield { part, lines, bytes }
      part++
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += line.length + 1
  }
  if (lines.length > 0) yield { part, lines, bytes }
}

/** Tolerates that AIRS-CP, or a server behind it, is unavailable for a minute: the same batch again does no harm. */
async function persistently<Result>(
  context: Context,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAtMs = performance.now()
  for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 5_000)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || performance.now() - startedAtMs > patienceMs) throw error
      if (delayMs === 250) context.note(`${error.message}; trying again.`)
      await pause(delayMs, signal)
    }
  }
}
