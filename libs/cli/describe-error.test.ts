import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import { ApiClientError, ArgumentError, ExportEndedError, UnreachableError } from '@airs-cp/client'
import { CommandError } from './command-error.ts'
import { describeError } from './describe-error.ts'

const settings = () => ({
  url: { value: 'http://localhost:8090', source: 'the default' },
  token: { value: 'secret', source: 'AIRS_TOKEN' },
  looked: [],
})

test('every error has the exit code of its kind', () => {
  const api = (status: number, code = 'x') => new ApiClientError(status, code, 'said')
  const codes = [
    new CommandError(5, 'not_ready', 'Not ready'),
    new ArgumentError('bad'),
    new UnreachableError('http://localhost:8090', 'connection refused', undefined),
    api(400),
    api(401),
    api(403),
    api(404),
    api(409),
    api(413),
    api(500),
    api(503),
    api(200, 'not_airs'),
    new ExportEndedError('failed'),
    'a string',
  ].map((error) => describeError(error, settings).exitCode)
  assert.deepEqual(codes, [5, 2, 3, 2, 4, 4, 1, 1, 2, 1, 5, 3, 1, 1])
})

test('a token that is refused is named by its source, never by itself', () => {
  const { message } = describeError(new ApiClientError(401, 'token_unknown', 'no'), settings)
  assert.equal(
    message,
    'http://localhost:8090 does not know the token from AIRS_TOKEN. Give its own with AIRS_TOKEN or the configuration file.',
  )
})

test('an error says how to reach what could not be reached', () => {
  const error = new UnreachableError('http://localhost:8090', 'connection refused', undefined)
  assert.match(describeError(error, settings).message, /connection refused.*npm start.*AIRS_URL/)
})

test('a folder that cannot be made is named, with what to do', () => {
  const path = '/dev/null/log'
  let found: unknown
  try {
    mkdirSync(path)
  } catch (error) {
    found = error
  }
  const { exitCode, code, message } = describeError(found, settings)
  assert.deepEqual([exitCode, code], [1, 'file_not_written'])
  assert.equal(message, `${path} cannot be written: a part of its path is not a folder.`)
})
