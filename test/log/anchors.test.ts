import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { anchorInBucket } from '../../services/audit/log/anchor-in-bucket.ts'
import { type Anchor, anchorAtWebhook, anchorInFile, createAnchor } from '../../services/audit/log/anchors.ts'
import { until } from '../support/control.ts'
import { s3Install, startS3 } from '../support/start-s3.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { goTool } from './go-tool.ts'

const kept = (anchor: Anchor) =>
  until('it is kept', async () => (anchor.problem() === undefined ? true : undefined))

describe('a checkpoint is anchored', () => {
  test('in a file, to which each is appended', async () => {
    const directory = makeTemporaryDirectory()
    const file = join(directory.path, 'below', 'anchors')
    for (const size of [1, 2]) {
      const anchor = anchorInFile(file)
      anchor.offer(`origin\n${size}\n`, size)
      await anchor.close()
    }
    assert.equal(readFileSync(file, 'utf8'), 'origin\n1\n\norigin\n2\n\n')
    directory.remove()
  })

  test('in a file that cannot be written: it is named, and the log goes on', async () => {
    const anchor = anchorInFile(join(import.meta.filename, 'anchors'))
    anchor.offer('origin\n1\n', 1)
    await until('a problem', async () => anchor.problem())
    assert.match(anchor.problem()!, /^Anchor file .* does not take checkpoints: .*ENOTDIR|EEXIST/)
    await anchor.close()
  })

  test('at a webhook, which is down at first: the newest one gets there', async () => {
    const bodies: string[] = []
    let isDown = true
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      if (!isDown) bodies.push(body)
      response.writeHead(isDown ? 503 : 204).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anchors`
    const anchor = anchorAtWebhook(url, 50)
    anchor.offer('first', 1)
    await until('a problem', async () => anchor.problem())
    assert.match(anchor.problem()!, /webhook .* status 503/)
    anchor.offer('second', 2)
    isDown = false
    await kept(anchor)
    await anchor.close()
    server.close()
    assert.deepEqual(bodies, ['second'])
  })

  test('one at a time: what came meanwhile is superseded by the newest', async () => {
    const given: string[] = []
    const first = Promise.withResolvers<void>()
    const anchor = createAnchor(
      'slow',
      async (note) => {
        given.push(note)
        if (given.length === 1) await first.promise
      },
      1,
    )
    for (const [index, note] of ['a', 'b', 'c'].entries()) anchor.offer(note, index)
    first.resolve()
    await until('both', async () => (given.length === 2 ? true : undefined))
    await anchor.close()
    assert.deepEqual(given, ['a', 'c'])
  })

  test('in a bucket, by its size', async (t) => {
    const tool = goTool('versitygw', s3Install.replace('go install ', ''))
    if ('missing' in tool) return t.skip(tool.missing)
    const { bucket, endpoint, region, credentials, stop } = await startS3(tool.path)
    t.after(stop)
    process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
    process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
    const anchor = anchorInBucket({ bucket, endpoint, region, prefix: 'log/', lockDays: 0 }, 1_000)
    anchor.offer('origin\n7\n', 7)
    await anchor.close()
    assert.equal(anchor.problem(), undefined)
    const client = new S3Client({ endpoint, region, forcePathStyle: true })
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: 'log/0000000000000007.checkpoint' }),
    )
    assert.equal(await Body!.transformToString(), 'origin\n7\n')
    client.destroy()
  })
})
