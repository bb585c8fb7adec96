import { dirname } from 'node:path'
import { makeDirectory, readFileIfThere, replaceFile } from '@airs-cp/files'

/**
 * Keeps the name of the ingress whose journals are in a data directory. Each journal belongs to the ingress that first
 * shipped from it, and the event store takes nothing of it from another. Where the disk takes nothing, the next start keeps it:
 * until then this ingress refuses requests, and says why.
 * @throws when the directory is another ingress's.
 */
export async function claimName(file: string, ingress: string): Promise<void> {
  const before = (await readFileIfThere(file))?.trim()
  if (before === ingress) return
  if (before)
    throw new Error(
      `The data directory has the journals of the ingress "${before}", and this one is "${ingress}": set AIRS_INGRESS_NAME=${before} with that one's NATS user, or give "${ingress}" a data directory of its own`,
    )
  try {
    await makeDirectory(dirname(file))
    await replaceFile(file, `${ingress}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}
