import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { numberSchema, secretSchema } from './config.ts'
import { describeSettings, withoutCredentials } from './describe-settings.ts'

test('a secret is named, and never shown', () => {
  const shape = {
    AIRS_OPENAI_API_KEY: secretSchema.optional(),
    AIRS_TOKEN: z.string().optional(),
    AIRS_ALERT_URLS: z.string().optional(),
    AIRS_TOKENS_FILE: z.string().optional(),
    AIRS_MAX_BODY_BYTES: numberSchema(1).default(5),
  }
  const env = {
    AIRS_OPENAI_API_KEY: 'sk-verysecret',
    AIRS_ALERT_URLS: 'https://hooks.example.com/T0/secret',
    AIRS_TOKENS_FILE: '/etc/airs/tokens.yaml',
  }
  const settings = describeSettings(shape, env)
  assert.doesNotMatch(JSON.stringify(settings), /verysecret|hooks\.example/)
  assert.deepEqual(settings, [
    { name: 'AIRS_OPENAI_API_KEY', value: null, isSet: true, isSecret: true },
    { name: 'AIRS_TOKEN', value: null, isSet: false, isSecret: true },
    { name: 'AIRS_ALERT_URLS', value: null, isSet: true, isSecret: true },
    { name: 'AIRS_TOKENS_FILE', value: '/etc/airs/tokens.yaml', isSet: true, isSecret: false },
    { name: 'AIRS_MAX_BODY_BYTES', value: '5', isSet: false, isSecret: false },
  ])
})

test('of an address nothing remains that may be a credential', () => {
  const word = fc.stringMatching(/^[a-z0-9]{8,20}$/)
  fc.assert(
    fc.property(word, word, word, (user, password, query) => {
      const text = `postgres://${user}:${password}@db.example:5432/airs?sslkey=${query},nats://${user}@n:4222`
      const shown = withoutCredentials(text)
      const host = 'db.example:5432/airs'
      assert.ok(shown.includes(host))
      for (const secret of [user, password, query])
        if (!'postgres://db.example:5432/airs,nats://n:4222'.includes(secret))
          assert.ok(!shown.includes(secret), shown)
    }),
  )
})
