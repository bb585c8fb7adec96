import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

/** Where a bucket is. Credentials are found as the AWS SDK finds them: AWS_ACCESS_KEY_ID, a profile, a role. */
export type S3Settings = {
  bucket: string
  region: string
  /** Put before every name; empty, or ending in `/`. */
  prefix: string
  /** Of a server that is not AWS's. */
  endpoint?: string | undefined
}

/** Bytes `first` to `last`, both included, as in a Range header. */
export type ByteRange = { first: number; last: number }

/** Files of exports in a bucket of S3, or of a server that speaks like it. */
export type S3Storage = {
  /**
   * Stores a file that is complete and on disk. Nobody sees the name before all of it is there, and a second time stores
   * the same. One that is stopped or fails leaves no parts that would cost money.
   * @throws StorageMismatchError when the bucket then holds something else than was sent; the abort reason.
   */
  store(name: string, file: StoredFile, options?: StoreOptions): Promise<void>
  /** Stores a small text, such as a manifest. */
  storeText(name: string, text: string): Promise<void>
  /** Undefined where there is none of that name. */
  open(name: string, range?: ByteRange): Promise<Readable | undefined>
  /** One that is not there counts as removed. */
  remove(names: readonly string[]): Promise<void>
  close(): void
}

export type StoredFile = { path: string; bytes: number; sha256: string }
export type StoreOptions = { signal?: AbortSignal; onProgress?: (bytes: number) => void }

export class StorageMismatchError extends Error {
  override name = 'StorageMismatchError'
}

/** S3 takes 10,000 parts at most; memory is `partBytes` times those under way. */
const smallestPartBytes = 8 * 1024 * 1024
const mostParts = 10_000
const partsAtOnce = 2

export function openS3Storage({ bucket, region, prefix, endpoint }: S3Settings): S3Storage {
  const client = new S3Client({
    region,
    // Servers beside AWS's have no host name per bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  })
  const place = (name: string) => ({ Bucket: bucket, Key: `${prefix}${name}` })
  const remove: S3Storage['remove'] = async (names) => {
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects: names.map((name) => ({ Key: `${prefix}${name}` })), Quiet: true },
      }),
    )
    const [first] = Errors
    if (first) throw new Error(`Bucket ${bucket} does not remove ${first.Key}: ${first.Code}`)
  }
  return {
    async store(name, { path, bytes, sha256 }, { signal, onProgress = () => {} } = {}) {
      signal?.throwIfAborted()
      const body = createReadStream(path)
      const upload = new Upload({
        client,
        params: { ...place(name), Body: body, Metadata: { sha256 } },
        partSize: partBytes(bytes),
        queueSize: partsAtOnce,
      })
      upload.on('httpUploadProgress', ({ loaded }) => onProgress(loaded ?? 0))
      // `upload.abort()` rejects at once and removes its parts some time later, if the process still lives then. A source
      // that breaks makes it wait for the parts under way and remove them before it rejects.
      const abort = () => void body.destroy(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      try {
        await upload.done()
      } catch (error) {
        throw signal?.aborted ? signal.reason : error
      } finally {
        signal?.removeEventListener('abort', abort)
        body.destroy()
      }
      if (signal?.aborted) {
        await remove([name])
        throw signal.reason
      }
      const found = await client.send(new HeadObjectCommand(place(name)))
      if (found.ContentLength !== bytes || found.Metadata?.sha256 !== sha256)
        throw new StorageMismatchError(
          `Bucket ${bucket} holds ${found.ContentLength} bytes as ${prefix}${name}, and ${bytes} were sent`,
        )
    },
    async storeText(name, text) {
      await client.send(new PutObjectCommand({ ...place(name), Body: text, ContentType: 'application/json' }))
    },
    async open(name, range) {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({
            ...place(name),
            ...(range && { Range: `bytes=${range.first}-${range.last}` }),
          }),
        )
        return Body as Readable
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined
        throw error
      }
    },
    remove,
    close: () => client.destroy(),
  }
}

/** Parts as small as memory wants them and as large as the number of parts allows. */
export function partBytes(fileBytes: number): number {
  return Math.max(smallestPartBytes, Math.ceil(fileBytes / mostParts))
}
