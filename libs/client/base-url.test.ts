import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { baseUrl } from './base-url.ts'

describe('the address of the control origin', () => {
  test('may have a path, and no slash at its end', () => {
    assert.equal(baseUrl('http://localhost:8090'), 'http://localhost:8090')
    assert.equal(baseUrl('https://airs.example/control//'), 'https://airs.example/control')
  })

  test('is refused with what to give instead', () => {
    for (const text of ['localhost:8090', '8090', 'ftp://localhost', ''])
      assert.throws(() => baseUrl(text), {
        name: 'ArgumentError',
        message: /such as http:\/\/localhost:8090$/,
      })
  })

  test('carries no credentials, and the refusal does not repeat them', () => {
    assert.throws(
      () => baseUrl('http://me:secret@localhost'),
      ({ message }: Error) => /token/.test(message) && !/secret/.test(message),
    )
  })
})
