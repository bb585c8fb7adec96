import { type Manifest, ManifestError, readManifest as readFile } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { whyNotRead } from './why-not-read.ts'

/** @throws CommandError when there is none, or something else is there. */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return await readFile(path)
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    const { reason, message } = error
    const what =
      reason === 'unreadable' ? `The manifest ${path} cannot be read: ${whyNotRead(error.cause)}` : message
    const cure =
      reason === 'missing'
        ? ': "airs export --output" puts it beside its file; name another with --manifest'
        : ''
    throw new CommandError(
      exitCodes.failed,
      reason === 'invalid' ? 'manifest_invalid' : 'manifest_not_read',
      `${what}${cure}.`,
      { cause: error },
    )
  }
}
