import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { environmentWarnings } from './environment-warnings.ts'
import { meanings } from './meanings.ts'

test('everything that is read, and everything of others, is fine', () => {
  const env = Object.fromEntries(Object.keys(meanings).map((name) => [name, '1']))
  assert.deepEqual(
    environmentWarnings({ ...env, AIRS_LOG: 'warn', AIRS_URL: 'x', HOME: '"quoted"', PATH: '' }),
    [],
  )
})

test('a variable that nothing reads is named, with the one that was meant', () => {
  assert.deepEqual(environmentWarnings({ AIRS_OPENAI_BASEURL: 'x', AIRS_SOMETHING_ELSE_ENTIRELY: 'x' }), [
    'AIRS_OPENAI_BASEURL is set, and nothing reads it; did you mean AIRS_OPENAI_BASE_URL?',
    'AIRS_SOMETHING_ELSE_ENTIRELY is set, and nothing reads it.',
  ])
})

test('a level of logs that is none is named', () => {
  assert.deepEqual(environmentWarnings({ AIRS_LOG: 'debgu' }), [
    'AIRS_LOG is "debgu", which is not a level (there are trace, debug, info, warn, error, fatal, silent). It is info; did you mean debug?',
  ])
})

test('quotes that an env file keeps are named', () => {
  const warnings = environmentWarnings({ AIRS_OPENAI_API_KEY: '"sk-1"\n' })
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /AIRS_OPENAI_API_KEY has quotes/)
  assert.doesNotMatch(warnings[0]!, /sk-1/)
})

test('a credential that the providers file names is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'airs-environment-'))
  const file = join(folder, 'providers.yaml')
  writeFileSync(file, 'providers: { groq: { apiKeyVariable: AIRS_GROQ_KEY } }')
  assert.deepEqual(environmentWarnings({ AIRS_PROVIDERS_FILE: file, AIRS_GROQ_KEY: 'x' }), [])
  rmSync(folder, { recursive: true })
})
