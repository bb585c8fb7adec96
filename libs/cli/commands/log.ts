import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ApiClientError, type LogStatus } from '@airs-cp/client'
import {
  checkpointBody,
  parseNote,
  parseVerifierKey,
  tilePath,
  tilesOf,
  verifyNote,
} from '@airs-cp/transparency-log'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatCount, formatNumberOf } from '../format.ts'
import { printable, printableLines } from '../printable.ts'
import { rememberLogKeys } from '../trusted-keys.ts'

export function configureLog(command: Command, context: Context): void {
  command
    .description(
      'Show the transparency log: its size, keys and witnesses, and what to do when it has stopped.',
    )
    .action(() => show(context))
  command
    .command('key')
    .description('Print the verifier keys of the log, one per line, to be kept by those who check exports.')
    .option('--add', 'make another key: from then on the log signs with all of them')
    .option('--remove <id>', 'stop signing with the key that has this id')
    .option(
      '--trust',
      'trust them on this machine from now on, also where another log was known there before',
    )
    .action((options: KeyOptions) => keys(context, options))
  command
    .command('begin')
    .description(
      'Begin a new log that names the one before, where that one cannot go on. Every event gets a leaf in the new log.',
    )
    .requiredOption('--reason <text>', 'why, for the record')
    .action(({ reason }: { reason: string }) => begin(context, reason))
  command
    .command('export')
    .description(
      'Write the log to a folder: checkpoint, tiles and entries, as C2SP tlog-tiles lays them out.',
    )
    .argument('<directory>', 'where to write')
    .action((directory: string) => exportLog(context, directory))
}

async function show(context: Context): Promise<void> {
  const status = await context.client().log.status()
  context.result(status, () => describe(status))
}

function describe({
  origin,
  size,
  signed,
  problem,
  keys,
  witnesses,
  anchors,
  hasQuorum,
  removed,
}: LogStatus): string {
  return [
    problem === null
      ? `Log ${printable(origin ?? '')}: ${formatNumberOf(size, 'leaf', 'leaves')}, signed up to ${formatCount(signed?.size ?? 0)}.`
      : `The log has stopped. ${printable(problem)}`,
    ...keys.map((key) => `Key: ${printable(key)}`),
    ...witnesses.map(
      ({ name, size: seen, problem: why }) =>
        `Witness ${printable(name)}: cosigned ${formatCount(seen)}${why === null ? '' : `; ${printable(why)}`}`,
    ),
    ...anchors.map(
      ({ name, problem: why }) => `Anchor ${printable(name)}: ${printable(why ?? 'keeps checkpoints')}`,
    ),
    ...(hasQuorum ? [] : ['The newest checkpoint lacks cosignatures of a quorum of witnesses.']),
    ...(removed.length > 0
      ? [`Removed from the store before they had a leaf: positions ${removed.join(', ')}`]
      : []),
  ].join('\n')
}

type KeyOptions = { add?: boolean; remove?: string; trust?: boolean }

async function keys(context: Context, { add, remove, trust = false }: KeyOptions): Promise<void> {
  const { log } = context.client()
  let found = (await log.status()).keys
  if (add) found = await log.addKey()
  if (remove !== undefined) found = await log.removeKey(remove)
  if (trust) await rememberLogKeys(context, { trust })
  context.result({ keys: found }, () => found.map((key) => printable(key)).join('\n'))
}

async function begin(context: Context, reason: string): Promise<void> {
  const begun = await context.client().log.begin(reason)
  await rememberLogKeys(context, { trust: true })
  context.result(begun, () =>
    [
      `Log ${printable(begun.origin)} has begun. Hand its key to everybody who checks exports: airs log key`,
      begun.predecessor === null
        ? 'No log was signed before it.'
        : `The log before it, as it was signed last:\n${printableLines(begun.predecessor)}`,
    ].join('\n'),
  )
}

async function exportLog(context: Context, given: string): Promise<void> {
  const directory = resolve(context.io.cwd, given)
  const { log } = context.client()
  const { keys: known } = await log.status()
  const note = await log.checkpoint()
  const parsed = parseNote(note)
  verifyNote(
    parsed,
    known.map((key) => parseVerifierKey(key)),
  )
  const { size, origin } = checkpointBody(parsed.text)
  let files = 0
  let missing = 0
  for (const tile of tilesOf(size)) {
    const path = tilePath(tile)
    const bytes = await log.tile(path).catch((error) => {
      if (tile.level === 'entries' && error instanceof ApiClientError && error.status === 404)
        return undefined
      throw error
    })
    if (bytes) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes)
      files++
    } else missing++
  }
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'checkpoint'), note)
  context.result({ directory, origin, size, files: files + 1, missing }, () =>
    [
      `${directory} has the log ${printable(origin)} with ${formatNumberOf(size, 'leaf', 'leaves')}.`,
      ...(missing > 0
        ? [
            `Bundles of entries that are not there, because events of theirs were dropped: ${formatCount(missing)} (airs retention drops)`,
          ]
        : []),
    ].join('\n'),
  )
}
