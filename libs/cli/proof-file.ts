import { createHash } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Manifest } from '@airs-cp/client'
import { proofName, secondVerifier } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { openPartFile } from './part-file.ts'

/** Puts the proof of a completed export beside its file, and a second verifier beside both. */
export async function saveProof(
  context: Context,
  exportId: string,
  { proof }: Manifest,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  if (!proof) return
  const part = await openPartFile(proofName(file), 'begin')
  try {
    const hash = createHash('sha256')
    for await (const chunk of context.client().exports.proof(exportId, { signal })) {
      hash.update(chunk)
      await part.write(chunk)
    }
    if (hash.digest('hex') !== proof.sha256)
      throw new CommandError(
        exitCodes.failed,
        'proof_differs',
        `The proof of export ${exportId} did not arrive as its manifest describes it: fetch it again (airs exports download).`,
      )
    await part.complete()
  } catch (error) {
    await part.discard().catch(() => {})
    throw error
  }
  await copyFile(secondVerifier, join(dirname(file), 'verify.py'))
}
