import { type Anchor, createAnchor } from './anchors.ts'

/** Credentials are found as the AWS SDK finds them. */
export type BucketSettings = {
  bucket: string
  region: string
  prefix: string
  /** Of a server that is not AWS's. */
  endpoint?: string | undefined
  /** Days for which nobody can delete or replace a checkpoint (object lock, compliance mode); 0: the bucket's own rule. */
  lockDays: number
}

const dayMs = 24 * 3_600_000

/** Puts each checkpoint into a bucket of S3, by its size, so that they are listed in their order. */
export function anchorInBucket(
  { bucket, region, prefix, endpoint, lockDays }: BucketSettings,
  everyMs: number,
): Anchor {
  let connecting: Promise<(note: string, size: number) => Promise<void>> | undefined
  async function connect() {
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3')
    const client = new S3Client({
      region,
      maxAttempts: 2,
      requestHandler: { requestTimeout: 10_000, connectionTimeout: 5_000 },
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    })
    return async (note: string, size: number) => {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `${prefix}${String(size).padStart(16, '0')}.checkpoint`,
          Body: note,
          ContentType: 'text/plain; charset=utf-8',
          ...(lockDays > 0 && {
            ObjectLockMode: 'COMPLIANCE',
            ObjectLockRetainUntilDate: new Date(Date.now() + lockDays * dayMs),
          }),
        }),
      )
    }
  }
  return createAnchor(
    `bucket ${bucket}`,
    async (note, size) => {
      connecting ??= connect()
      await (await connecting)(note, size)
    },
    everyMs,
  )
}
