import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { modelOfPath } from './format.ts'

test('a path names a model, with slashes and encoded', () => {
  const rows: [path: string, model: string | undefined][] = [
    ['/v1/models/gpt-4o', 'gpt-4o'],
    ['/v1/models/meta-llama/Llama-3.1-8B', 'meta-llama/Llama-3.1-8B'],
    ['/v1/models/meta-llama%2FLlama-3', 'meta-llama/Llama-3'],
    ['/v1/models/a..b', 'a..b'],
    ['/v1/models/a;b', 'a;b'],
    ['/v1/models/100%25', '100%'],
    ['/v1/models', undefined],
    ['/v1/models/', undefined],
    ['/v1/models/%zz', undefined],
  ]
  for (const [path, model] of rows) assert.equal(modelOfPath(path), model, path)
})

test('no path climbs to another route, however often it is encoded', () => {
  const climb = fc.constantFrom('.', '..', '..;', '.;x=1', '..;jsessionid=1')
  const slash = fc.constantFrom('/', '\\')
  const encodings = fc.integer({ min: 0, max: 6 })
  const encode = (text: string, times: number, every: boolean): string =>
    times === 0
      ? text
      : encode(
          every
            ? [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
            : encodeURIComponent(text).replaceAll('.', '%2e'),
          times - 1,
          false,
        )
  fc.assert(
    fc.property(climb, slash, encodings, fc.boolean(), fc.boolean(), (up, by, times, every, isFirst) => {
      const segment = encode(`${isFirst ? '' : by}${up}${by}`, times, every)
      assert.equal(modelOfPath(`/v1/models/${isFirst ? '' : 'a'}${segment}files`), undefined)
    }),
  )
})
