import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { syncDirectory } from './replace-file.ts'

/**
 * Makes a directory with all that lead to it, or finds it there; then each of their names is on disk, so that a power cut
 * does not take away what is synced within.
 * @param mode of those that are made.
 * @throws what the disk says.
 */
export async function makeDirectory(
  directory: string,
  { mode = 0o700 }: { mode?: number } = {},
): Promise<void> {
  const path = resolve(directory)
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && dirname(path) !== path) {
      await makeDirectory(dirname(path), { mode })
      return makeDirectory(path, { mode })
    }
    if (code !== 'EEXIST') throw error
    // Somebody else made it, maybe a moment ago; a folder that one may only pass through was there before.
    await syncDirectory(dirname(path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES') throw error
    })
    return
  }
  await syncDirectory(dirname(path))
}
