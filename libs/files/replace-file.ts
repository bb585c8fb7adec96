import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Readable for its owner alone, unless a caller asks for more. */
const ownerOnly = 0o600

/** By file: the replacement that was begun last and has not ended. */
const underWay = new Map<string, Promise<void>>()

/**
 * Replaces a file, or makes it, in one step: whoever reads it finds all of the old content or all of the new, after a
 * power cut too. Replacements of one file by one process follow each other, so that the content given last stays.
 * @throws what the disk says; the file is then what it was.
 */
export async function replaceFile(
  file: string,
  content: string | Uint8Array,
  { mode = ownerOnly }: { mode?: number } = {},
): Promise<void> {
  const before = underWay.get(file)
  const replacing = (before ?? Promise.resolve()).catch(() => {}).then(() => replace(file, content, mode))
  underWay.set(file, replacing)
  try {
    await replacing
  } finally {
    if (underWay.get(file) === replacing) underWay.delete(file)
  }
}

async function replace(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = `${file}.new`
  try {
    const handle = await open(temporary, 'w', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncDirectory(dirname(file))
}

/** As `replaceFile`, for what is small and starts or ends a process. */
export function replaceFileSync(
  file: string,
  content: string | Uint8Array,
  { mode = ownerOnly }: { mode?: number } = {},
): void {
  const temporary = `${file}.new`
  try {
    writeFileSync(temporary, content, { mode, flush: true })
    renameSync(temporary, file)
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // What kept it from being written keeps it from being removed.
    }
    throw error
  }
  const handle = openSync(dirname(file), 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes the creation, renaming or deletion of files in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
