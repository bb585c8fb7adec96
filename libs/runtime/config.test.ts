import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  booleanSchema,
  numberSchema,
  portSchema,
  readConfig,
  secretSchema,
  timerSchema,
  urlSchema,
  variableValue,
} from './config.ts'

test('space and quotes around a value are not part of it', () => {
  for (const text of ['sk-1', 'sk-1\n', ' sk-1\r\n', '"sk-1"', "'sk-1'", '"sk-1"\n', '" sk-1"'])
    assert.equal(variableValue(text), 'sk-1', JSON.stringify(text))
  for (const text of [undefined, '', ' ', '""']) assert.equal(variableValue(text), undefined)
  assert.equal(variableValue('{"a":"b"}'), '{"a":"b"}')
  assert.equal(variableValue('"'), '"')
})

test('a key with a space in it, and an address that is none, are named, the key not shown', () => {
  const shape = { KEY: secretSchema, URL: urlSchema, OTHER: z.string() }
  assert.throws(
    () => readConfig(shape, { KEY: 'sk-1 sk-2', URL: 'api example' }),
    ({ message }: Error) => {
      assert.match(message, /KEY: has a space.*URL: is not an address.*OTHER is not set/)
      assert.doesNotMatch(message, /sk-1/)
      return true
    },
  )
  assert.equal(
    readConfig({ URL: urlSchema }, { URL: ' https://api.example.com/v1 ' }).URL,
    'https://api.example.com/v1',
  )
})

test('a number or a switch that is none is named once, with what it may be', () => {
  const shape = { SIZE: numberSchema(1), PORT: portSchema, SWITCH: booleanSchema }
  for (const [SIZE, PORT, SWITCH] of [
    ['4MB', 'http', 'yes'],
    ['-1.5', '65536', '1'],
  ])
    assert.throws(() => readConfig(shape, { SIZE, PORT, SWITCH }), {
      message:
        'Configuration is not usable: SIZE: is not a whole number from 1 on; PORT: is not a whole number from 0 to 65535; SWITCH: is neither true nor false',
    })
})

test('a time that is too long for a timer is refused: it would be over at once', () => {
  const shape = { WAIT_MS: timerSchema(1) }
  assert.equal(readConfig(shape, { WAIT_MS: '2147483647' }).WAIT_MS, 2_147_483_647)
  assert.throws(() => readConfig(shape, { WAIT_MS: '2147483648' }), /WAIT_MS: .*2147483647/)
})
