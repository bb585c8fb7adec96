import { createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline as finish } from 'node:stream/promises'
import type { QueryFiles } from '@airs-cp/archive'
import type { ArchivedDay } from '@airs-cp/client'
import { momentForms, readMoment } from '@airs-cp/events'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { openEventFile } from '../event-file.ts'
import { exitCodes } from '../exit-codes.ts'
import { whyNotRead } from '../why-not-read.ts'
import { fetchFromBucket } from './bucket.ts'
import { readableDays } from './readable-days.ts'

export type FileOptions = {
  archive?: string | undefined
  file?: string[] | undefined
  from?: string | undefined
  to?: string | undefined
  store?: boolean | undefined
}

const dayFile = /^(\d{4}-\d\d-\d\d)\.parquet$/

/**
 * The files that a query is over. What AIRS-CP or a bucket has comes into `scratch`; a folder is read in place.
 * @param signal ends it, and takes away what was made for it.
 * @throws CommandError where there is no such archive; the reason of the signal.
 */
export async function collectFiles(
  context: Context,
  { from, to, ...given }: FileOptions,
  scratch: string,
  signal: AbortSignal,
): Promise<QueryFiles> {
  const options = { ...given, from: readDay('--from', from), to: readDay('--to', to) }
  const others: string[] = []
  for (const [at, file] of (options.file ?? []).entries())
    others.push(
      await packExport(resolve(context.io.cwd, file), join(scratch, `export-${at}.parquet`), signal),
    )
  if (options.archive !== undefined)
    return { archived: await ofPlace(context, options.archive, options, scratch), others }
  if (options.file && !context.settings().token) return { archived: [], others }
  const { archive, log } = context.client()
  const [{ days }, { generation }] = await Promise.all([archive.get(), log.status()])
  const { archived, former, rest } = readableDays(days, generation)
  const fetch = async (some: readonly ArchivedDay[]) => {
    const files: string[] = []
    for (const day of some.filter((one) => isWanted(one.day, options)))
      files.push(await fetchDay(context, day, scratch, signal))
    return files
  }
  const files = await fetch(archived)
  others.push(...(await fetch(former)))
  if (options.store !== false) others.push(await fetchRest(context, rest, scratch, signal))
  return { archived: files, others }
}

/** As everywhere: a day, or a time, whose day it is. @throws CommandError */
function readDay(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const moment = readMoment(text)
  if (!moment) throw new CommandError(exitCodes.usage, 'usage', `${name} is "${text}": give ${momentForms}.`)
  return moment.at.toISOString().slice(0, 10)
}

function isWanted(day: string, { from, to }: FileOptions): boolean {
  return (from === undefined || day >= from) && (to === undefined || day <= to)
}

async function fetchDay(
  context: Context,
  day: ArchivedDay,
  scratch: string,
  signal: AbortSignal,
): Promise<string> {
  const file = join(scratch, `${day.day}.parquet`)
  await finish(context.client().archive.download(day, { signal }), createWriteStream(file, { mode: 0o600 }))
  return file
}

/** Has what is not archived exported, and takes the export away again. */
async function fetchRest(
  context: Context,
  fromLeaf: number | undefined,
  scratch: string,
  signal: AbortSignal,
): Promise<string> {
  const { exports } = context.client()
  const { id } = await exports.create({ filters: fromLeaf === undefined ? {} : { fromLeaf } })
  try {
    const job = await exports.wait(id, { signal })
    const lines = join(scratch, 'store.jsonl')
    await finish(exports.download(job, { signal }), createWriteStream(lines, { mode: 0o600 }))
    return await packExport(lines, join(scratch, 'store.parquet'), signal)
  } finally {
    await exports.delete(id).catch(() => {
      context.note(`Export ${id} could not be removed; it expires by itself.`)
    })
  }
}

/** JSON Lines as Parquet. */
async function packExport(file: string, to: string, signal: AbortSignal): Promise<string> {
  const { writeParquet } = await import('@airs-cp/archive')
  const { lines } = await openEventFile(file)
  async function* events() {
    for await (const line of lines()) {
      signal.throwIfAborted()
      if (line.length > 0) yield { line, leaf: null }
    }
  }
  try {
    await writeParquet(to, events())
  } catch (error) {
    signal.throwIfAborted()
    if ((error as Error).name === 'DuckDbMissingError') throw error
    throw new CommandError(
      exitCodes.failed,
      'file_not_read',
      `${file} is no export of events as JSON Lines that can be read: ${(error as Error).message}`,
    )
  }
  return to
}

async function ofPlace(
  context: Context,
  place: string,
  options: FileOptions,
  scratch: string,
): Promise<string[]> {
  const isDay = (name: string) => {
    const [, day] = dayFile.exec(basename(name)) ?? []
    return day !== undefined && isWanted(day, options)
  }
  const found = place.startsWith('s3://')
    ? await fetchFromBucket(place, isDay, scratch)
    : await inFolder(resolve(context.io.cwd, place), isDay)
  if (found.length > 0) return found
  throw new CommandError(
    exitCodes.failed,
    'no_archive',
    `${place} has no archived day${options.from || options.to ? ' of this range' : ''}: files are named like 2026-11-27.parquet`,
  )
}

async function inFolder(folder: string, isDay: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new CommandError(
      exitCodes.failed,
      'no_archive',
      `There is no archive ${folder}: ${whyNotRead(error)}; "airs archive --list" says where AIRS-CP has its own`,
    )
  })
  return names
    .filter(isDay)
    .sort()
    .map((name) => join(folder, name))
}
