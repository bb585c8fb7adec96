import { constants, createReadStream } from 'node:fs'
import { access, open, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  isDropRecord,
  isReceipt,
  isStatement,
  type Manifest,
  manifestName,
  proofName,
  type Verdict,
  verifyExport,
} from '@airs-cp/manifest'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatCount, formatNumberOf } from '../format.ts'
import { readManifest } from '../manifest-file.ts'
import { printable } from '../printable.ts'
import { keyAdvice, readTrust, type Trust, type TrustedKey, trustedKeyLines } from '../trusted-keys.ts'
import { verifyReceiptFile } from '../verify-receipt-file.ts'
import { verifyStatementFile } from '../verify-statement-file.ts'
import { whyNotRead } from '../why-not-read.ts'
import { witnessProblem } from '../witness-policy.ts'

type Options = { manifest?: string; proof?: string; key?: string[]; policy?: string }
type Gap = { journal: string; from: number; to: number }

export function configureVerify(command: Command, context: Context): void {
  command
    .description(
      'Check an export, an archived day, a receipt, a statement or the record of a drop offline: each event against the transparency log that a key you trust has signed, and an export against its manifest too. Says what is proven, and which key it trusted.',
    )
    .argument('<file>', 'the export, the archived day, the receipt, the statement, or the record')
    .option('--manifest <file>', 'its manifest (default: FILE.manifest.json)')
    .option('--proof <file>', 'its proof (default: FILE.proof)')
    .option(
      '--key <key...>',
      'verifier keys of the log, or a file of them (default: AIRS_LOG_KEY, or the logs that this machine knows). With a key, what is not proven fails',
    )
    .option(
      '--policy <file>',
      'logs that you trust, and witnesses that must have cosigned (C2SP tlog-policy); in place of --key',
    )
    .action((file: string, options: Options) => verify(context, file, options))
}

async function verify(context: Context, given: string, options: Options): Promise<void> {
  const file = resolve(context.io.cwd, given)
  await assertFile(file)
  const start = await readStart(file)
  const trust = readTrust(context, options)
  if (isReceipt(start)) return verifyReceiptFile(context, file, trust)
  if (isStatement(start) || isDropRecord(start)) return verifyStatementFile(context, file, trust.keys)
  return verifyExportFile(context, file, options, trust)
}

async function verifyExportFile(
  context: Context,
  file: string,
  options: Options,
  { keys: trusted, policy }: Trust,
): Promise<void> {
  const { cwd } = context.io
  const manifest = await readManifest(resolve(cwd, options.manifest ?? manifestName(file)))
  const proof = resolve(cwd, options.proof ?? proofName(file))
  if (manifest.proof) await assertProof(proof)
  const verdict = await verifyExport(
    manifest,
    createReadStream(file),
    manifest.proof && { file: createReadStream(proof), keys: trusted.map(({ key }) => key) },
    manifest.format === 'parquet' ? (await import('@airs-cp/archive')).readParquet(file) : undefined,
  )
  const witnesses = policy && manifest.proof && witnessProblem(manifest.proof.checkpoint, policy)
  if (witnesses) verdict.problems.push(witnesses)
  const unproven = manifest.proof ? undefined : whyUnproven(manifest)
  if (unproven && (unproven.isWrong || options.key || policy)) verdict.problems.push('It has no proof')
  const { problems, proven, ...rest } = verdict
  const gaps = (manifest.journals ?? []).flatMap(({ journal, gaps }) =>
    gaps.map(({ from, to }) => ({ journal, from, to })),
  )
  const keys = trustedIn(verdict, trusted)
  const isProven = manifest.proof !== undefined && problems.length === 0
  context.result(
    {
      file,
      valid: problems.length === 0,
      proven: isProven,
      problems,
      ...rest,
      log: proven?.checkpoint && {
        origin: proven.checkpoint.origin,
        size: proven.checkpoint.size,
        root: proven.checkpoint.root.toString('base64'),
        keys: keys.map(({ key, source }) => ({ key: `${key.name}+${key.id}`, source })),
      },
      gaps,
      manifest,
    },
    () => {
      if (problems.length > 0) return problems.map((problem) => printable(problem)).join('\n')
      const lines = unproven
        ? describeUnproven(file, manifest, verdict, unproven.text)
        : describeProven(file, manifest, verdict, keys)
      return [...lines, describeGaps(manifest, gaps)].join('\n')
    },
  )
  if (problems.length === 0) return
  throw new CommandError(
    exitCodes.failed,
    'not_verified',
    `${file} is not verified: ${problems.length === 1 ? 'one thing is wrong' : `${problems.length} things are wrong`}.${manifest.proof ? keyAdvice(trusted) : ''}${unproven && problems.includes('It has no proof') ? ` ${unproven.text}.` : ''}`,
  )
}

async function readStart(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** @throws CommandError where it cannot be read; for a folder it says what is to be verified in it. */
async function assertFile(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error) => {
    throw notRead(`${file} cannot be read: ${whyNotRead(error)}`)
  })
  if (!(await stat(file)).isDirectory()) return
  const marked = (await readdir(file)).sort().find((name) => name.endsWith(manifestName('')))
  const example = marked === undefined ? undefined : join(file, marked.slice(0, -manifestName('').length))
  throw notRead(
    `${file} is a folder, and one file is verified at a time: an export, an archived day, a receipt, a statement or the record of a drop${example ? `, such as ${example}` : ''}`,
  )
}

/** @throws CommandError which says where a proof comes from. */
async function assertProof(file: string): Promise<void> {
  try {
    await (await open(file)).close()
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
  } catch (error) {
    throw notRead(
      `The proof ${file} cannot be read: ${whyNotRead(error)}. "airs export --output" puts it beside its file; copy it there, name it with --proof, or export again`,
    )
  }
}

function notRead(sentence: string): CommandError {
  return new CommandError(exitCodes.failed, 'file_not_read', `${sentence}.`)
}

/** Why an export has no proof, and whether it should have one. */
function whyUnproven({ kind, format, made }: Manifest): { text: string; isWrong: boolean } {
  const { version } = made.software
  if (kind !== 'events')
    return {
      text: `The log has events; ${kind} are derived from them. Export the events to prove them`,
      isWrong: false,
    }
  if (format === 'csv')
    return {
      text: 'Rows of CSV have no proof. Export JSON Lines to prove them',
      isWrong: false,
    }
  if (version.startsWith('0.1.'))
    return { text: `It was made by version ${version}, which had no transparency log`, isWrong: false }
  return {
    text: `The manifest has no proof, and exports of version ${version} have one unless the log had no checkpoint`,
    isWrong: true,
  }
}

function trustedIn({ proven }: Verdict, trusted: TrustedKey[]): TrustedKey[] {
  return trusted.filter(({ key }) => proven?.checkpoint?.signedBy.includes(key))
}

function describeProven(
  file: string,
  { archive }: Manifest,
  { proven, bytes, sha256 }: Verdict,
  keys: TrustedKey[],
): string[] {
  const { origin, size } = proven!.checkpoint!
  const { rows, erased, dropped, isComplete } = proven!
  const everyLeaf = archive
    ? `every leaf of the log from ${formatCount(archive.leaves.from)} to ${formatCount(archive.leaves.until - 1)}`
    : 'every leaf of this range'
  return [
    `${file} is proven: ${formatNumberOf(rows, 'event')}, ${formatBytes(bytes)}, SHA-256 ${sha256}.`,
    `Each row is a leaf of log ${printable(origin)} under its checkpoint of ${formatNumberOf(size, 'leaf', 'leaves')}: it was not changed since.`,
    ...(erased > 0
      ? [
          `${formatNumberOf(erased, 'row')} of them had their content erased: what is left was recorded with it, and is proven.`,
        ]
      : []),
    isComplete
      ? dropped > 0
        ? `Nothing was left out: ${everyLeaf} is in the file, but ${formatNumberOf(dropped, 'leaf', 'leaves')} of it ${dropped === 1 ? 'was' : 'were'} dropped, as a trusted key has signed.`
        : `Nothing was left out: ${everyLeaf} is in the file.`
      : 'It was filtered: it proves what it has, and not that nothing else matched.',
    ...trustedKeyLines(keys),
    `Not proven: that what was recorded was true when it was recorded, ${archive ? `that these leaves are all of ${archive.day}, ` : ''}and anything after that checkpoint.`,
  ]
}

function describeUnproven(
  file: string,
  { kind }: Manifest,
  { rows, bytes, sha256 }: Verdict,
  why: string,
): string[] {
  return [
    `NOT PROVEN: ${file} matches its manifest, but whoever can change one can change both. ${why}.`,
    `${formatNumberOf(rows, 'row')} of ${kind}, ${formatBytes(bytes)}, SHA-256 ${sha256}.`,
  ]
}

function describeGaps({ kind, journals }: Manifest, gaps: Gap[]): string {
  if (!journals)
    return `It says nothing of gaps in journals: ${kind === 'events' ? 'it was filtered' : 'only events are numbered'}.`
  if (journals.length === 0) return 'No journal has events in this range.'
  if (gaps.length === 0) return `No gap in ${formatNumberOf(journals.length, 'journal')}.`
  const list = gaps.map(({ journal, from, to }) => `${journal}: ${from} to ${to}`)
  return `Missing, as the manifest declares:\n${list.join('\n')}`
}
