import assert from 'node:assert/strict'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parseTokensFile } from '@airs-cp/control-api'
import { followTokens } from './access.ts'
import { createAuthenticator, sha256 } from './auth.ts'
import { createLogger } from './log.ts'

const digest = (token: string) => sha256(token).toString('hex')
const entry = (name: string, role: string, token: string) =>
  `- { name: ${name}, role: ${role}, sha256: ${digest(token)} }`

test('tokens are read from YAML and from JSON', () => {
  const yaml = parseTokensFile(`tokens:\n  ${entry('ann', 'viewer', 'secret')}\n`)
  const json = parseTokensFile(
    JSON.stringify({ tokens: [{ name: 'ann', role: 'viewer', sha256: digest('secret') }] }),
  )
  assert.deepEqual(yaml, json)
  assert.deepEqual(yaml, [{ name: 'ann', role: 'viewer', sha256: digest('secret') }])
})

describe('a tokens file is refused, and no value of it is shown, when', () => {
  const bad: [name: string, text: string, said: RegExp][] = [
    ['it is not YAML', 'tokens: [', /is not YAML/],
    ['it is empty', '', /needs a list "tokens"/],
    [
      'a role is unknown',
      'tokens: [{ name: a, role: root, sha256: x }]',
      /tokens\.0\.role.*tokens\.0\.sha256/,
    ],
    [
      'it holds a token and not a digest',
      'tokens: [{ name: a, role: viewer, token: canary-value }]',
      /not known/,
    ],
    ['a digest is too short', 'tokens: [{ name: a, role: viewer, sha256: abc }]', /64 hexadecimal/],
    ['a name is there twice', `tokens:\n${entry('a', 'viewer', '1')}\n${entry('a', 'admin', '2')}`, /twice/],
    ['a name is that of AIRS_TOKEN', `tokens:\n${entry('local', 'viewer', '1')}`, /is taken/],
  ]
  for (const [name, text, said] of bad)
    test(name, () => {
      assert.throws(
        () => parseTokensFile(text),
        (error: Error) => said.test(error.message) && !error.message.includes('canary-value'),
      )
    })
})

test('an expired token is distinguished from an unknown one', () => {
  const authenticate = createAuthenticator(
    () => [{ name: 'ann', role: 'viewer', sha256: sha256('secret'), expiresAtMs: 1_000 }],
    () => 1_000,
  )
  assert.throws(() => authenticate('Bearer secret'), { status: 401, code: 'token_expired' })
  assert.throws(() => authenticate('Bearer other'), { status: 401, code: 'token_unknown' })
})

describe('the tokens in force', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'airs-tokens-'))
  after(() => rmSync(directory, { recursive: true }))
  const log = createLogger('test', 'silent')
  const tokensFile = join(directory, 'tokens.yaml')
  const replace = (text: string) => {
    writeFileSync(`${tokensFile}.new`, text)
    renameSync(`${tokensFile}.new`, tokensFile)
  }
  const until = async (wanted: () => boolean) => {
    const deadline = Date.now() + 30_000
    while (!wanted()) {
      assert.ok(Date.now() < deadline, 'waited 30 s without success')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  test('follow the file, and survive a file that cannot be used', async () => {
    replace(`tokens:\n${entry('ann', 'viewer', '1')}`)
    const known = followTokens({ token: 'the-token-of-the-stack', tokensFile }, log)
    const names = () =>
      known()
        .map(({ name }) => name)
        .join(' ')
    assert.equal(names(), 'local ann')
    replace(`tokens:\n${entry('bob', 'viewer', '2')}`)
    await until(() => names() === 'local bob')
    replace('tokens: [')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    assert.equal(names(), 'local bob')
    replace('tokens: []')
    await until(() => names() === 'local')
  })

  test('are an error at the start when the file is not there', () => {
    assert.throws(
      () => followTokens({ token: 'the-token-of-the-stack', tokensFile: join(directory, 'none') }, log),
      /AIRS_TOKENS_FILE .*none does not exist/,
    )
  })
})
