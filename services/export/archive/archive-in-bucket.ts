import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { manifestName, proofName, secondVerifier } from '@airs-cp/manifest'
import type { S3Settings, S3Storage } from '../files/s3-storage.ts'
import { removeExportFiles } from '../writing/write-export.ts'
import { type ArchiveStore, assertOwn, dayFile } from './archive-store.ts'

/** Workers write into the folder first; what is complete moves to the bucket, the manifest last. */
export function openArchiveInBucket(
  directory: string,
  { bucket, prefix, endpoint }: S3Settings,
  storage: S3Storage,
): ArchiveStore {
  const work = join(directory, 'unfinished')
  return {
    location: { kind: 'bucket', bucket, prefix, endpoint: endpoint ?? null },
    workFile: (day) => join(work, dayFile(day)),
    async keep(manifest, day, isOwn) {
      const name = dayFile(day)
      const path = join(work, name)
      const found = await storage.open(manifestName(name))
      await assertOwn(found && (await text(found)), `Bucket ${bucket}`, isOwn)
      const { bytes, sha256 } = manifest.files[0]!
      await storage.store(name, { path, bytes, sha256 })
      await storage.store(proofName(name), { path: proofName(path), ...manifest.proof! })
      await storage.storeText('verify.py', await readFile(secondVerifier, 'utf8'))
      await storage.storeText(manifestName(name), `${JSON.stringify(manifest, null, 2)}\n`)
      await removeExportFiles(path)
    },
    open: (name) => storage.open(name),
    close: storage.close,
  }
}
