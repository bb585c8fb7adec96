import { createWriteStream } from 'node:fs'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandError } from '../command-error.ts'
import { exitCodes } from '../exit-codes.ts'

/**
 * Fetches the wanted files of a bucket into a folder. Credentials, region and endpoint are found as the AWS SDK finds them
 * (AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL).
 * @throws CommandError where the bucket cannot be read.
 */
export async function fetchFromBucket(
  place: string,
  isWanted: (name: string) => boolean,
  folder: string,
): Promise<string[]> {
  const { GetObjectCommand, paginateListObjectsV2, S3Client } = await import('@aws-sdk/client-s3')
  const { hostname: bucket, pathname } = new URL(place)
  const prefix = pathname.slice(1).replace(/(?<=[^/])$/, '/')
  const client = new S3Client({
    region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1',
    // Servers beside AWS's have no host name per bucket.
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
  })
  try {
    const files: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix, Delimiter: '/' },
    ))
      for (const { Key = '' } of Contents) {
        if (!isWanted(Key)) continue
        const file = join(folder, basename(Key))
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
        await pipeline(Body as Readable, createWriteStream(file, { mode: 0o600 }))
        files.push(file)
      }
    return files
  } catch (error) {
    throw new CommandError(
      exitCodes.failed,
      'no_archive',
      `${place} cannot be read: ${(error as Error).message}. Credentials are those of the AWS SDK (AWS_ACCESS_KEY_ID and so on); AWS_ENDPOINT_URL names another server`,
    )
  } finally {
    client.destroy()
  }
}
