import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { SharedPosition } from './shared-position.ts'

test('reads what was written, up to the largest sequence', () => {
  const position = fc.record({
    journal: fc.constant('j'),
    segment: fc.nat(99_999_999),
    offset: fc.nat(),
    sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  })
  fc.assert(
    fc.property(position, (written) => {
      const shared = new SharedPosition()
      shared.write(written)
      const { segment, offset, sequence } = written
      assert.deepEqual(new SharedPosition(shared.buffer).read(), { segment, offset, sequence })
    }),
  )
})

test('another thread never sees half of a position', async () => {
  const shared = new SharedPosition()
  const reader = `
    import { workerData, parentPort } from 'node:worker_threads'
    const { SharedPosition } = await import(workerData.module)
    const shared = new SharedPosition(workerData.buffer)
    let wrong = 0
    for (let last = 0; last < workerData.until; ) {
      const { segment, offset, sequence } = shared.read()
      if (segment !== sequence % 1000 || offset !== sequence * 2 || sequence < last) wrong++
      last = sequence
    }
    parentPort.postMessage(wrong)`
  const until = 200_000
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(reader)}`), {
    workerData: { module: import.meta.resolve('./shared-position.ts'), buffer: shared.buffer, until },
  })
  const wrong = new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await new Promise((resolve) => worker.once('online', resolve))
  for (let sequence = 1; sequence <= until; sequence++) {
    shared.write({ journal: 'j', segment: sequence % 1000, offset: sequence * 2, sequence })
    if (sequence % 5000 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  assert.equal(await wrong, 0)
})
