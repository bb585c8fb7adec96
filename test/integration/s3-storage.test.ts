import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { openS3Storage, type S3Storage } from '../../services/export/files/s3-storage.ts'
import { findVersitygw, s3Install, startS3, type TestS3 } from '../support/start-s3.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const binary = findVersitygw()

describe('exports in a bucket', {
  skip: binary === undefined && `versitygw is not on the PATH; get it: ${s3Install}`,
}, () => {
  const directory = makeTemporaryDirectory()
  let server: TestS3
  let storage: S3Storage
  let admin: S3Client
  const environment = { id: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY }

  before(async () => {
    server = await startS3(binary!)
    process.env.AWS_ACCESS_KEY_ID = server.credentials.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = server.credentials.secretAccessKey
    const { bucket, endpoint, region } = server
    storage = openS3Storage({ bucket, endpoint, region, prefix: 'airs/' })
    admin = new S3Client({ endpoint, region, forcePathStyle: true })
  })
  after(async () => {
    storage?.close()
    admin?.destroy()
    await server?.stop()
    directory.remove()
    restore('AWS_ACCESS_KEY_ID', environment.id)
    restore('AWS_SECRET_ACCESS_KEY', environment.secret)
  })

  function makeFile(name: string, bytes: number) {
    const content = randomBytes(bytes)
    const path = join(directory.path, name)
    writeFileSync(path, content)
    return { content, file: { path, bytes, sha256: createHash('sha256').update(content).digest('hex') } }
  }
  const read = async (name: string, range?: { first: number; last: number }) => {
    const stream = await storage.open(name, range)
    return stream && (await buffer(stream))
  }
  const names = async () =>
    ((await admin.send(new ListObjectsV2Command({ Bucket: server.bucket }))).Contents ?? []).map(
      ({ Key }) => Key,
    )
  const openUploads = async () =>
    (await admin.send(new ListMultipartUploadsCommand({ Bucket: server.bucket }))).Uploads ?? []

  test('of no rows, of one part and of several come back as they were', async () => {
    for (const [name, bytes] of [
      ['empty.jsonl', 0],
      ['small.jsonl', 1_000],
      ['large.jsonl', 20 * 1024 * 1024 + 7],
    ] as const) {
      const { content, file } = makeFile(name, bytes)
      const returned: number[] = []
      await storage.store(name, file, { onProgress: (done) => returned.push(done) })
      assert.ok((await read(name))?.equals(content), name)
      if (bytes > 0) assert.equal(returned.at(-1), bytes, name)
    }
    assert.deepEqual(await names(), ['airs/empty.jsonl', 'airs/large.jsonl', 'airs/small.jsonl'])
  })

  test('give a range of their bytes, across parts', async () => {
    const { content, file } = makeFile('ranged.jsonl', 9 * 1024 * 1024)
    await storage.store('ranged.jsonl', file)
    const boundary = 8 * 1024 * 1024
    for (const [first, last] of [
      [0, 0],
      [boundary - 10, boundary + 10],
      [content.length - 1, content.length - 1],
    ] as const)
      assert.ok(
        (await read('ranged.jsonl', { first, last }))?.equals(content.subarray(first, last + 1)),
        `${first}-${last}`,
      )
  })

  test('that are stored twice are stored once', async () => {
    const { content, file } = makeFile('twice.jsonl', 100_000)
    await storage.store('twice.jsonl', file)
    await storage.store('twice.jsonl', file)
    assert.ok((await read('twice.jsonl'))?.equals(content))
  })

  test('that are stopped on their way leave neither a name nor parts', async () => {
    const { file } = makeFile('stopped.jsonl', 40 * 1024 * 1024)
    const controller = new AbortController()
    const reason = new Error('cancelled')
    await assert.rejects(
      storage.store('stopped.jsonl', file, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
      reason,
    )
    assert.equal(await storage.open('stopped.jsonl'), undefined)
    assert.deepEqual(await openUploads(), [])
  })

  test('that are stopped when all of them is read leave no name', async () => {
    const { file } = makeFile('late.jsonl', 1_000)
    const controller = new AbortController()
    const reason = new Error('cancelled')
    await assert.rejects(
      storage.store('late.jsonl', file, {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      }),
      reason,
    )
    assert.equal(await storage.open('late.jsonl'), undefined)
  })

  test('whose file is not there leave nothing', async () => {
    const missing = { path: join(directory.path, 'missing'), bytes: 20_000_000, sha256: '0'.repeat(64) }
    await assert.rejects(storage.store('missing.jsonl', missing), { code: 'ENOENT' })
    assert.equal(await storage.open('missing.jsonl'), undefined)
    assert.deepEqual(await openUploads(), [])
  })

  test('that are shorter than said are reported', async () => {
    const { file } = makeFile('short.jsonl', 500)
    await assert.rejects(storage.store('short.jsonl', { ...file, bytes: 501 }), {
      name: 'StorageMismatchError',
      message: /holds 500 bytes .* 501 were sent/,
    })
  })

  test('are removed, and those that are gone already too', async () => {
    const { file } = makeFile('removed.jsonl', 10)
    await storage.store('removed.jsonl', file)
    await storage.storeText('removed.jsonl.manifest.json', '{}')
    const both = ['removed.jsonl', 'removed.jsonl.manifest.json']
    await storage.remove(both)
    await storage.remove(both)
    for (const name of both) assert.equal(await storage.open(name), undefined)
  })

  test('need a bucket and credentials that are right', async () => {
    const { endpoint, region, bucket } = server
    const { file } = makeFile('refused.jsonl', 10)
    const elsewhere = openS3Storage({ bucket: 'nowhere', endpoint, region, prefix: '' })
    await assert.rejects(elsewhere.store('refused.jsonl', file), { name: 'NoSuchBucket' })
    elsewhere.close()
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong-secret'
    const stranger = openS3Storage({ bucket, endpoint, region, prefix: '' })
    await assert.rejects(stranger.store('refused.jsonl', file), { name: 'SignatureDoesNotMatch' })
    stranger.close()
    process.env.AWS_SECRET_ACCESS_KEY = server.credentials.secretAccessKey
  })
})

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
