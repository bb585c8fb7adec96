import type { ExportConfig } from '../config.ts'
import { openArchiveInFolder } from './archive-in-folder.ts'
import type { ArchiveStore } from './archive-store.ts'

/** The AWS SDK takes longer to load than all else of the service, so only who has a bucket loads it. */
export async function openArchiveStore({ archive }: ExportConfig): Promise<ArchiveStore> {
  if (!archive.bucket) return openArchiveInFolder(archive.directory)
  const [{ openArchiveInBucket }, { openS3Storage }] = await Promise.all([
    import('./archive-in-bucket.ts'),
    import('../files/s3-storage.ts'),
  ])
  return openArchiveInBucket(archive.directory, archive.bucket, openS3Storage(archive.bucket))
}
