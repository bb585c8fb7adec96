import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../local/data-directory.ts'
import { environmentWarnings } from './environment-warnings.ts'
import { meanings } from './meanings.ts'

test('everything that is read, and everything of others, is fine', () => {
  const env = Object.fromEntries(Object.keys(meanings).map((name) => [name, '1']))
  assert.deepEqual(
    environmentWarnings({ ...env, AIRS_LOG: 'warn', AIRS_URL: 'x', HOME: '"quoted"', PATH: '' }),
    [],
  )
})

test('everything that a document or docker-compose.yml names is fine', () => {
  const files = globSync(['README.md', '.env.example', 'docs/*.md', '*.yml', 'infra/docker/*.yml'], {
    cwd: repositoryRoot,
  })
  const text = files.map((file) => readFileSync(join(repositoryRoot, file), 'utf8')).join()
  const named = new Set(text.match(/\bAIRS_[A-Z0-9_]*[A-Z0-9]\b/g))
  assert.ok(named.size > 100)
  const { AIRS_LOG, AIRS_PROVIDERS_FILE, AIRS_MCP_FILE, ...env } = Object.fromEntries(
    [...named].map((name) => [name, '1']),
  )
  assert.deepEqual(environmentWarnings(env), [])
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

test('a credential that the providers file or the MCP file names is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'airs-environment-'))
  const providers = join(folder, 'providers.yaml')
  const mcp = join(folder, 'mcp.yaml')
  writeFileSync(providers, 'providers: { groq: { apiKeyVariable: AIRS_GROQ_KEY } }')
  writeFileSync(mcp, 'servers: { files: { credentialVariable: AIRS_FILES_TOKEN } }')
  assert.deepEqual(environmentWarnings({ AIRS_PROVIDERS_FILE: providers, AIRS_GROQ_KEY: 'x' }), [])
  assert.deepEqual(environmentWarnings({ AIRS_MCP_FILE: mcp, AIRS_FILES_TOKEN: 'x' }), [])
  rmSync(folder, { recursive: true })
})
