import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Manifest, manifestName, type Verdict, verifyExport } from '@airs-cp/manifest'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatNumberOf } from '../format.ts'
import { readManifest } from '../manifest-file.ts'
import { printable } from '../printable.ts'

export function configureVerify(command: Command, context: Context): void {
  command
    .description(
      'Check an export against its manifest, offline: digests, rows, their order and counts, and that every journal is complete, apart from the gaps that the manifest declares.',
    )
    .argument('<file>', 'the export')
    .option('--manifest <file>', 'its manifest (default: FILE.manifest.json)')
    .action((file: string, { manifest }: { manifest?: string }) => verify(context, file, manifest))
}

async function verify(context: Context, given: string, givenManifest: string | undefined): Promise<void> {
  const file = resolve(context.io.cwd, given)
  const manifest = await readManifest(resolve(context.io.cwd, givenManifest ?? manifestName(file)))
  await access(file).catch((error) => {
    throw new CommandError(exitCodes.failed, 'file_not_read', `${file} cannot be read: ${error.message}.`)
  })
  const verdict = await verifyExport(manifest, createReadStream(file))
  const gaps = (manifest.journals ?? []).flatMap(({ journal, gaps }) =>
    gaps.map(({ from, to }) => ({ journal, from, to })),
  )
  context.answer({ file, valid: verdict.problems.length === 0, ...verdict, gaps, manifest }, () =>
    describe(file, manifest, verdict, gaps),
  )
  if (verdict.problems.length > 0)
    throw new CommandError(
      exitCodes.failed,
      'not_verified',
      `${file} does not match its manifest: ${verdict.problems.length === 1 ? 'one thing differs' : `${verdict.problems.length} things differ`}.`,
    )
}

function describe(
  file: string,
  manifest: Manifest,
  { problems, rows, bytes, sha256 }: Verdict,
  gaps: { journal: string; from: number; to: number }[],
): string {
  if (problems.length > 0) return problems.map((problem) => printable(problem)).join('\n')
  return [
    `${file} matches its manifest: ${formatNumberOf(rows, 'row')} of ${manifest.kind}, ${formatBytes(bytes)}, SHA-256 ${sha256}.`,
    describeGaps(manifest, gaps),
  ].join('\n')
}

function describeGaps({ journals }: Manifest, gaps: { journal: string; from: number; to: number }[]): string {
  if (!journals) return 'It was narrowed down, or is no export of events: it says nothing of gaps.'
  if (gaps.length === 0) return `No gap in ${formatNumberOf(journals.length, 'journal')}.`
  const list = gaps.map(({ journal, from, to }) => `${journal}: ${from} to ${to}`)
  return `Missing, as the manifest tells:\n${list.join('\n')}`
}
