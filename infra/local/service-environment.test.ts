import assert from 'node:assert/strict'
import { test } from 'node:test'
import { variablesOf } from '../configuration/variables-of.ts'
import { processes } from '../processes.ts'
import { withoutSecrets } from './service-environment.ts'

test('credentials of AWS go to each process that may be given a bucket, and to no other', async () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }
  for (const definition of processes) {
    const usesBucket = Object.keys(await variablesOf(definition.entry)).some((name) =>
      name.endsWith('_S3_BUCKET'),
    )
    assert.deepEqual(withoutSecrets(env, definition), usesBucket ? env : {}, definition.name)
  }
})
