import { type Manifest, ManifestError, readManifest as readFile } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/** @throws CommandError when there is none, or something else is there. */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return await readFile(path)
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    const { reason, message } = error
    const cure =
      reason === 'missing'
        ? ': "airs export --output" puts it beside its file; name another with --manifest'
        : ''
    throw new CommandError(
      exitCodes.failed,
      reason === 'invalid' ? 'manifest_invalid' : 'manifest_not_read',
      `${message}${cure}.`,
      { cause: error },
    )
  }
}
