import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertChunkingDoesNotMatter } from '../chunking.testing.ts'
import { createSecretsDetector } from './secrets-detector.ts'

const detector = createSecretsDetector({})

/** Made up, and cut in two so that no scanner of this repository takes it for a leak. */
const random = 'q7Vd2KxN9mTzR4wYb8Lc' + '3HsJ6pFgX1aEoQuZ5iDk' + 'W0nMvBtCyPrSfGhUjAeL'
const hex = '9f86d081884c7d65' + '9a2feaa0c55ad015' + 'a3bf4f1b2b0b822c' + 'd15d6c15b0f00a08'
const base64Line = `MII${random}/${random}`.slice(0, 64)
const pem = (line: string) => ['-----BEGIN RSA PRIVATE ', 'KEY-----', line].join('')

function found(text: string): string[] {
  return detector.detect(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`)
}

describe('what is found', () => {
  const cases: [string, ...string[]][] = [
    [`GITHUB=ghp_${random.slice(0, 36)}`, `github-pat ghp_${random.slice(0, 36)}`],
    [`use glpat-${random.slice(0, 20)}, please`, `gitlab-pat glpat-${random.slice(0, 20)}`],
    [`"AIza${random.slice(0, 35)}"`, `gcp-api-key AIza${random.slice(0, 35)}`],
    [`\\nsk_live_${random.slice(0, 24)}\\n`, `stripe-access-token sk_live_${random.slice(0, 24)}`],
    [`id AKIA${'Q7VD2KXN9MTZR4WY'} here`, 'aws-access-token AKIAQ7VD2KXN9MTZR4WY'],
    [`dop_v1_${hex}`, `digitalocean-pat dop_v1_${hex}`],
    [`password = "Tr0ub4dor&3"`, 'generic-password Tr0ub4dor&3'],
    ['DB_PASSWORD=correct-horse-42\nPORT=1', 'generic-password correct-horse-42'],
    ['<db><password>Tr0ub4dor&3</password></db>', 'generic-password Tr0ub4dor&3'],
    [`STRIPE_KEY=${random.slice(0, 30)}`, `generic-api-key ${random.slice(0, 30)}`],
    ['the password is Xk#91_pq, keep it', 'generic-password Xk#91_pq'],
    [`apiKey: '${random.slice(0, 32)}'`, `generic-api-key ${random.slice(0, 32)}`],
    [`Authorization: Bearer ${random}`, `bearer-token ${random}`],
    ['postgres://app:s3cr3tPw@db:5432/x', 'db-url-password s3cr3tPw'],
    ['https://cafe17b3:d3adb33f@gems.contribsys.com/', 'sidekiq-sensitive-url d3adb33f'],
    ['<add key="ClearTextPassword" value="Tr0ub4dor&3" />', 'nuget-config-password Tr0ub4dor&3'],
    [`$c = ["secret_key" => "sk_${random.slice(0, 29)}"]`, `freemius-secret-key sk_${random.slice(0, 29)}`],
    [`(aB38${'Q~'}${random.slice(0, 34)})`, `azure-ad-client-secret aB38${'Q~'}${random.slice(0, 34)}`],
    [
      `sgp_${hex.toUpperCase().slice(0, 16)}_${hex.slice(0, 40)}`,
      `sourcegraph-access-token sgp_${hex.toUpperCase().slice(0, 16)}_${hex.slice(0, 40)}`,
    ],
    [`curl -u "bot:${random.slice(0, 12)}" x`, `curl-auth-user ${random.slice(0, 12)}`],
    ['curl -u ann:letmeinplease https://x', 'curl-auth-user letmeinplease'],
    ["curl -s --user  'ann:blue-tall~21' $URL", 'curl-auth-user blue-tall~21'],
    [`curl --user ann:'${random.slice(0, 12)}' https://x`, `curl-auth-user ${random.slice(0, 12)}`],
    [`curl --user "ann":"${random.slice(0, 12)}" https://x`, `curl-auth-user ${random.slice(0, 12)}`],
    [`curl https://x \\\n  -u ":${random.slice(0, 12)}"`, `curl-auth-user ${random.slice(0, 12)}`],
    [`curl https://x -u "${random.slice(0, 12)}:"`, `curl-auth-user ${random.slice(0, 12)}`],
    [`curl -H "Token: ${hex.slice(0, 14)}" https://x`, `curl-auth-header ${hex.slice(0, 14)}`],
    [
      `curl https://x -H 'Authorization: Bearer ${random.slice(0, 30)}'`,
      `curl-auth-header ${random.slice(0, 30)}`,
    ],
    [
      "curl --header 'X-Shop-ApiKey: 5e8fbd78-d84c-42cf-aff8-54acced15dc6'",
      'curl-auth-header 5e8fbd78-d84c-42cf-aff8-54acced15dc6',
    ],
    [
      `graph|facebook 731502846193507|${random.slice(0, 31)};`,
      `facebook-access-token 731502846193507|${random.slice(0, 31)}`,
    ],
    [`token = "Zq81LmX0pTr4Ws.atlasv1.${random}"`, `hashicorp-tf-api-token Zq81LmX0pTr4Ws.atlasv1.${random}`],
    [`v=sq0csp-${random.slice(0, 43)}`, `square-secret sq0csp-${random.slice(0, 43)}`],
    [
      'xoxa-2-777777777-1-e0b1f3d4cb371f92260edb0d9444d2',
      'slack-legacy-workspace-token xoxa-2-777777777-1-e0b1f3d4cb371f92260edb0d9444d2',
    ],
    ['<add key="ClearTextPassword" value="BlueTallHorse" />', 'nuget-config-password BlueTallHorse'],
    [
      `p12: MIIKLAIBAzCC${random}${random}${random}==`,
      `pkcs12-file MIIKLAIBAzCC${random}${random}${random}==`,
    ],
    [
      `see ${Buffer.from(`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random}`).toString('base64')}.`,
      `jwt-base64 ${Buffer.from(`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random}`).toString('base64')}`,
    ],
    [`key ${random.slice(0, 40)} end`, `aws-secret-access-key ${random.slice(0, 40)}`],
    [
      `t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random.slice(0, 43)};`,
      `jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random.slice(0, 43)}`,
    ],
    [`${pem(`\n${base64Line}\n`)}thanks`, `private-key ${pem(`\n${base64Line}`)}`],
    [
      `"${pem(`\\n${base64Line}\\nabc=\\n-----END RSA PRIVATE KEY-----`)}\\n"`,
      `private-key ${pem(`\\n${base64Line}\\nabc=\\n-----END RSA PRIVATE KEY-----`)}`,
    ],
  ]
  for (const [text, ...expected] of cases)
    test(text.slice(0, 40), () => assert.deepEqual(found(text), expected))
})

describe('the data of a Kubernetes Secret', () => {
  const value = Buffer.from('blue tall horse').toString('base64')
  const manifests = {
    'after its kind': `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  extra: ${value}\n`,
    'before its kind': `apiVersion: v1\ndata:\n  extra: ${value}\nkind: Secret\nmetadata:\n  name: db\n`,
    'at the end of the text': `kind: Secret\ndata:\n\textra: ${value}`,
    'in quotes': `kind: 'Secret'\ndata:\n  # both\n  "extra": '${value}'\n`,
    'on a line of its own': `kind: Secret\ndata:\n  .config: |\n    ${value}\n`,
    'within a list': `items:\n- a: b\n  kind: Secret\n  data:\n    extra: ${value}\n`,
    'in a string of JSON': JSON.stringify({ file: `kind: Secret\ndata:\n  extra: ${value}\n` }),
  }
  for (const [name, manifest] of Object.entries(manifests))
    test(name, () => {
      assert.deepEqual(found(manifest), [`kubernetes-secret-yaml ${value}`])
      assertChunkingDoesNotMatter(detector, manifest, [7])
    })

  const others = {
    'of another kind': `kind: ConfigMap\ndata:\n  extra: ${value}\n`,
    'of a kind that contains the word': `kind: SopsSecret\ndata:\n  extra: ${value}\n`,
    'of another document': `kind: Secret\n---\ndata:\n  extra: ${value}\nkind: ConfigMap\n`,
    'of another depth': `a:\n  kind: Secret\ndata:\n  extra: ${value}\n`,
    'in a template': 'kind: Secret\ndata:\n  extra: {{ .Values.extra }}\n',
    'that is empty': 'kind: Secret\ndata:\n  extra: ""\n  more: YQ==\n',
  }
  for (const [name, manifest] of Object.entries(others))
    test(`not ${name}`, () => {
      assert.deepEqual(found(manifest), [])
      assertChunkingDoesNotMatter(detector, manifest, [7])
    })
})

test('a policy that asks for tokens asks for those in base64, too', () => {
  const text = Buffer.from(`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random}`).toString('base64')
  for (const types of [['jwt'], ['jwt-base64']])
    assert.deepEqual(
      createSecretsDetector({ types })
        .detect(text)
        .map(({ type }) => type),
      ['jwt-base64'],
    )
})

describe('what is left alone', () => {
  const cases = [
    `sha256:${hex}  dist/app.tar.gz`,
    `"integrity": "sha512-${random}${random.slice(0, 26)}=="`,
    `h1:${random.slice(0, 43)}=`,
    `git checkout ${hex.slice(0, 40)}`,
    `commit ${hex.slice(0, 40)}`,
    `data:image/png;base64,iVBORw0KGgo${random.repeat(5)}`,
    'request_id=123e4567-e89b-12d3-a456-426614174000',
    `public_key = "${random}"`,
    'password = "your-password-here1"',
    'password: $DB_PASSWORD, token = process.env.TOKEN_1',
    'password = getpass("Password: ")',
    'password: string; secret?: string | undefined',
    'API_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
    `cache_key: ${hex.slice(0, 32)}, primaryKey: "${random.slice(0, 20)}"`,
    'if (password > minLength5) return secret => other1',
    'max_tokens: 4096, "total_tokens": 12345678901234567890',
    'accessTokenExpirationInSeconds = 3600',
    'https://user:password@example.com and http://localhost:8080/@x',
    'curl -u "$USER:$PASS" https://example.com',
    'curl --user ann:[PASSWORD] https://x, curl -u "$1":"$2" https://x, curl -u ":" https://x',
    'curl -u test:test https://x',
    `docker run --user 1000:1000 image, rsync -u ann:letmeinplease`,
    'curl -H "Authorization: Bearer $TOKEN" -H "X-Api-Key: XXXXXXXXXXXX" https://x',
    `curl -H "Content-Type: application/json" -H "X-Request-Id: ${hex.slice(0, 16)}" https://x`,
    's.makeKubeConfigControllers, s.AcceptanceTimeoutSeconds',
    'xoxo-indieweb-1 and keystore.p12',
    `<add key="ClearTextPassword" value="%PASSWORD%" />`,
    'How do I rotate an API key in Stripe?',
    '-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDgrPu\n-----END PUBLIC KEY-----',
    'import { createHash } from "node:crypto"; const token = tokens[index + 1]',
    '/usr/local/lib/node_modules/npm/node_modules/x',
  ]
  for (const text of cases) test(text.slice(0, 50), () => assert.deepEqual(found(text), []))
})

test('a private key longer than the limit is covered up to the limit', () => {
  const long = pem(`\n${`${base64Line}\n`.repeat(200)}`)
  const [key] = detector.detect(long)
  assert.equal(key?.type, 'private-key')
  assert(key.end >= 8100 && key.end <= 8192)
})

test('a token of large claims is found, and covered up to the limit', () => {
  const token = (claims: number) =>
    `eyJhbGciOiJIUzI1NiJ9.eyJ${random.repeat(200).slice(0, claims)}.${random.slice(0, 43)}`
  assert.deepEqual(found(`x ${token(5000)} y`), [`jwt ${token(5000)}`])
  const [tooLong] = detector.detect(token(9000))
  assert(tooLong?.type === 'jwt' && tooLong.end > 6000)
  assertChunkingDoesNotMatter(
    detector,
    token(9000),
    Array.from({ length: 40 }, () => 250),
  )
})

test('a type that is not known is refused with the known ones', () => {
  assert.throws(
    () => createSecretsDetector({ types: ['github'] }),
    /Unknown type of secret "github"; known are .*github-pat/,
  )
})

const planted = fc.constantFrom(
  `ghp_${random.slice(0, 36)}`,
  `sk-proj-${random.slice(0, 48)}`,
  'AKIAQ7VD2KXN9MTZR4WY',
  random.slice(0, 40),
  'password = "Tr0ub4dor&3"',
  'the token is ',
  `api_key: ${random.slice(0, 32)}`,
  `Bearer ${random.slice(0, 40)}`,
  'postgres://app:s3cr3tPw@db:5432/x',
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${random.slice(0, 43)}`,
  '\nkind: Secret\n',
  '\ndata:\n  a: c2VjcmV0LXZhbHVl\n',
  `\ndata:\n  a: |\n    ${random}\nkind: secret`,
  'curl -u ',
  'ann:"blue-tall~21"',
  `-H "X-Api-Key: ${hex.slice(0, 14)}"`,
  `731502846193507|${random.slice(0, 27)}`,
  `Zq81LmX0pTr4Ws.atlasv1.${random}`,
  `MIIKLAIBAzCC${random}${random}${random}`,
  pem(`\n${base64Line}\n${base64Line}\nabc=\n-----END RSA PRIVATE KEY-----`),
  pem(`\\n${base64Line}\\nabc`),
  '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n',
)
const noise = fc.oneof(
  fc.constantFrom(
    ' ',
    '\n',
    '=',
    ':',
    '"',
    "'",
    '\\n',
    '-',
    '-----',
    '/',
    '.',
    'eyJ',
    'sk-',
    'ghp',
    '_',
    'password',
    ' is ',
  ),
  fc.string({ maxLength: 10 }),
  fc.stringMatching(/^[A-Za-z0-9+/=_-]{1,44}$/),
)
const text = fc.array(fc.oneof(planted, noise), { maxLength: 16 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 50 })

test('however a text is cut, the same is found and nothing of it was final before', () => {
  fc.assert(
    fc.property(text, cuts, (whole, sizes) => assertChunkingDoesNotMatter(detector, whole, sizes)),
    { numRuns: 300 },
  )
})
