import type { ExportConfig } from '../config.ts'
import type { ExportFiles } from './export-files.ts'
import { openFilesInFolder } from './files-in-folder.ts'

/** The AWS SDK takes longer to load than all else of the service, so only who has a bucket loads it. */
export async function openExportFiles({ directory, bucket }: ExportConfig): Promise<ExportFiles> {
  if (!bucket) return openFilesInFolder(directory)
  const [{ openFilesInBucket }, { openS3Storage }] = await Promise.all([
    import('./files-in-bucket.ts'),
    import('./s3-storage.ts'),
  ])
  return openFilesInBucket(directory, openS3Storage(bucket))
}
