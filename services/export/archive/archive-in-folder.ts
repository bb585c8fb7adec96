import { createReadStream } from 'node:fs'
import { access, readFile, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readFileIfThere, replaceFile, syncDirectory } from '@airs-cp/files'
import { manifestName, proofName, secondVerifier } from '@airs-cp/manifest'
import { type ArchiveStore, assertOwn, dayFile } from './archive-store.ts'

export function openArchiveInFolder(directory: string): ArchiveStore {
  const work = join(directory, 'unfinished')
  return {
    location: { kind: 'folder', directory: resolve(directory) },
    workFile: (day) => join(work, dayFile(day)),
    async keep(_manifest, day, isOwn) {
      const [from, to] = [join(work, dayFile(day)), join(directory, dayFile(day))]
      await assertOwn(await readFileIfThere(manifestName(to)), directory, isOwn)
      await replaceFile(join(directory, 'verify.py'), await readFile(secondVerifier))
      await rename(proofName(from), proofName(to))
      await rename(manifestName(from), manifestName(to))
      await rename(from, to)
      await syncDirectory(directory)
    },
    async open(name) {
      const path = join(directory, name)
      return (await isThere(path)) ? createReadStream(path) : undefined
    },
    close() {},
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
