import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { maxPolicyBytes } from '@airs-cp/control-api'
import type { ApiError } from '@airs-cp/runtime'
import { createPolicyReader } from './policy-reader.ts'

const fill = (part: string, bytes = maxPolicyBytes) => part.repeat(Math.floor(bytes / part.length))
const policy = (fields: string) => `name: x\naction: block\n${fields}\n`
const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('')

/** Each took between 1 and 100 seconds of the event loop when it was read there. */
const hostile: Record<string, string> = {
  'a list without end': fill('- a\n'),
  'thousands of unknown types': policy(`detectors: [{ detector: secrets, types: [${fill('zz,', 50_000)}] }]`),
  'one long line': `a: ${fill('x ', maxPolicyBytes - 4)}`,
  'a megabyte': fill('- a\n', 1_048_576),
}

describe('policies from outside are read on a thread of their own', () => {
  const reader = createPolicyReader({ timeoutMs: 3_000 })
  after(() => reader[Symbol.asyncDispose]())

  /** What this thread spends while the other one reads. */
  async function tryOut(yaml: string): Promise<{ milliseconds: number; error: ApiError | undefined }> {
    const before = process.threadCpuUsage()
    const error = await reader.tryOut(yaml).then(
      () => undefined,
      (error: ApiError) => error,
    )
    const { user, system } = process.threadCpuUsage(before)
    return { milliseconds: (user + system) / 1_000, error }
  }

  test('so that none of them holds up the event loop for more than 50 ms', async () => {
    const usable = policy('detectors: [{ detector: pii }]')
    assert.equal((await reader.tryOut(usable))[0]?.policy.name, 'x')
    for (const [name, yaml] of Object.entries(hostile)) {
      // What else runs on the machine adds to it and takes nothing away.
      let { milliseconds, error } = await tryOut(yaml)
      for (let times = 1; times < 4 && milliseconds >= 50; times++)
        ({ milliseconds, error } = await tryOut(yaml))
      assert.ok(milliseconds < 50, `${name}: ${milliseconds} ms`)
      assert.ok(error && error.status >= 400 && error.status < 500, `${name}: ${error}`)
      assert.ok(error.message.length < 200_000 && JSON.stringify(error.details ?? '').length < 200_000, name)
    }
  })

  test('and what takes too long is refused with a sentence, while the next is read as ever', async () => {
    // Reading takes the square of the number of keys: at least a minute for so many, on any machine.
    const slow = assert.rejects(reader.read(keys(100_000), 'recorded'), {
      status: 400,
      code: 'policy_too_complex',
      message: /longer than 3 s .*make them smaller/,
    })
    const next = reader.facts(policy('detectors: [{ detector: pii }]'))
    await slow
    assert.equal((await next).action, 'block')
  })
})
