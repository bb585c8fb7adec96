import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isLikelyKey, isLikelyPassword } from './plausibility.ts'
import { createSecretsDetector } from './secrets-detector.ts'

const detector = createSecretsDetector({})

/** Where the secret stands: `KEY` for one that machines make, `WORD` for one that a person chose. */
const ways = [
  "const apiKey = 'KEY'",
  'API_KEY=KEY',
  'settings.put("mail.api-key", "KEY")',
  'System.setProperty("API_TOKEN", "KEY")',
  "define('DB_PASSWORD', 'WORD');",
  'let apiToken: String = "KEY"',
  'var apiToken string = "KEY"',
  'const token: string = `KEY`',
  '<clientSecret>\n  KEY\n</clientSecret>',
  '<add key="ApiToken" value="KEY" />',
  '{"name": "API_TOKEN", "value": "KEY"}',
  '- name: DB_PASSWORD\n  value: WORD',
  'token: |\n  KEY\n',
  'DEPLOY_TOKEN ?= KEY',
  'DEPLOY_TOKEN ::= KEY',
  '$apiToken .= "KEY"',
  ':secret_key => "KEY"',
  'ENV API_TOKEN KEY',
  'setx API_TOKEN KEY',
  '#define API_KEY "KEY"',
  'docker run -e API_TOKEN=KEY image',
  '--api-key KEY',
  '--token=KEY',
  'https://api.x.com/v1?api_key=KEY&q=1',
  'curl -H "X-Api-Key: KEY" https://x',
  'Authorization: ApiKey KEY',
  '//registry.npmjs.org/:_authToken=KEY',
  'mysql -h db1 -u root -pWORD shop',
  'mysqldump --password WORD db',
  'redis-cli -h x -a WORD ping',
  "sshpass -p 'WORD' ssh root@h",
  'docker login -u bob -p WORD reg.io',
  'ldapsearch -x -D cn=a -w WORD -b dc=x',
  'machine api.x.com login bob password WORD',
  'db1.corp:5432:orders:app:WORD\n',
  '*:*:*:postgres:WORD',
  "ALTER USER app WITH PASSWORD 'WORD';",
  "CREATE USER a IDENTIFIED BY 'WORD'",
  'Server=x;User Id=sa;Password=WORD;Encrypt=true',
  'the password for staging db is WORD',
  'Mein Kennwort lautet WORD, bitte zurücksetzen',
  'la contraseña es WORD',
  'le mot de passe est WORD',
  'a senha é WORD',
  'пароль: WORD',
  'パスワードは WORD です',
  'pw: WORD',
  '| password | WORD |',
  "client.setApiKey('KEY')",
  'auth = Token("KEY")',
  '-define(API_KEY, "KEY").',
  '(def api-token "KEY")',
  'the api key is KEY',
  'hasło to WORD',
  'password → WORD',
  'https://x.example/f?sv=2022-11-02&sig=KEY',
  'smbclient //h/s -U bob%WORD',
  'htpasswd -b /etc/nginx/.htpasswd ann WORD',
  'htpasswd -cbB users ann WORD',
  'htpasswd -nb ann WORD',
  'rabbitmqctl add_user ann WORD',
  'rabbitmqctl change_password ann WORD',
  'net user ann WORD /add',
  'mysqladmin -u root password WORD',
  'machine api.x.com\n  login bob\n  password WORD\n',
  '<ns:password>WORD</ns:password>',
  '<password><![CDATA[WORD]]></password>',
  'api_keys = ["KEY"]',
  '{"apiKeys": ["KEY", "a"]}',
  'set -x API_KEY KEY',
  'gh auth login --with-token <<< KEY',
  'process.env.API_KEY || "KEY"',
  "const key = process.env.API_KEY ?? 'KEY'",
  'NSString *apiKey = @"KEY";',
  '{:api-key "KEY"}',
  '  password            = "WORD"',
  'password:              WORD',
  'variable "db_password" {\n  default = "WORD"\n}',
  'requirepass WORD',
  'The token you need is KEY.',
  'Password changed to "WORD"',
  'API key for OpenWeather: KEY',
  'my key is KEY',
  'Passwort für den Server: WORD',
  'a senha do banco é WORD',
  '数据库密码是 WORD',
  '<input type="password" value="WORD">',
  'password\tWORD',
  'psexec host -u ann -p WORD cmd',
  'ConvertTo-SecureString "WORD" -AsPlainText -Force',
  'creds = KEY',
  'token=KEY&grant_type=password',
]
/** Values that are no placeholder, whatever stands around them. */
const key = fc.stringMatching(/^[a-z]{3}[A-Z]{3}[0-9]{3}[A-Za-z0-9]{15}$/).filter(isLikelyKey)
const word = fc.stringMatching(/^[A-Z][a-z]{2}[0-9]{2}[!?][A-Z][a-z][0-9]$/).filter(isLikelyPassword)

for (const way of ways)
  test(`finds what is written as ${JSON.stringify(way)}`, () => {
    fc.assert(
      fc.property(key, word, (made, chosen) => {
        const secret = way.includes('KEY"') || /\bKEY\b/.test(way) ? made : chosen
        const at = Math.max(way.lastIndexOf('KEY'), way.lastIndexOf('WORD'))
        const text = `${way.slice(0, at)}${secret}${way.slice(at + (secret === made ? 3 : 4))}`
        const found = detector.detect(text).map(({ start, end }) => text.slice(start, end))
        assert.deepEqual(found, [secret], text)
      }),
      { numRuns: 25 },
    )
  })

test('names a value by the vendor that its name has', () => {
  const hex = '72cbabd86330c39baa3cf3f273b0a4b0'
  const cases = [
    [`algoliaToken = "${hex}"`, 'algolia-api-key'],
    [`HEROKU_API_KEY=5e8fbd78-d84c-42cf-aff8-54acced15dc6`, 'heroku-api-key'],
    [`mailchimp_api_token: ${hex}-us10`, 'mailchimp-api-key'],
    [`SENTRY_TOKEN := "${hex}${hex.split('').reverse().join('')}"`, 'sentry-access-token'],
    ['NPM_TOKEN: 5e8fbd78-d84c-42cf-aff8-54acced15dc6', 'uuid-api-key'],
    [`dckr_pat_${hex.slice(5)}`, 'docker-pat'],
    [`squ_${hex}${hex.slice(0, 8)}`, 'sonar-api-token'],
    ['access-sandbox-5e8fbd78-d84c-42cf-aff8-54acced15dc6', 'plaid-api-token'],
    ['POSTMARK_API_TOKEN=5e8fbd78-d84c-42cf-aff8-54acced15dc6', 'uuid-api-key'],
    [
      `client.login('MTE4NzQ2MTAxMjM0NTY3ODkw.GxQ2kP.3vZr8yTnLw5cXbHq0sDfJ7uKeRaMi2oYp4tVgE')`,
      'discord-bot-token',
    ],
    [`pat-na1-5e8fbd78-d84c-42cf-aff8-54acced15dc6`, 'hubspot-private-app-token'],
    [
      `dnkey-k3xw9q2mz7tr5vb8nc4hd6jf1s-${'q7w2e9r4t6y1u8i3o5p0a2s7d4f9g1h6j3k8l5z0x2c7v4b9n1m6'}`,
      'defined-networking-api-token',
    ],
    ['AQVNq8Zr3kT5wXb2Lm9PcV7yHd4Ns6Jf1GtRaUeo', 'yandex-api-key'],
    [`sonar.login=${hex}${hex.slice(0, 8)}`, 'sonar-api-token'],
    [`SUMO_ACCESS_ID=suQ7w3Er9tYu1K`, 'sumologic-access-id'],
    [`SUMO_ACCESSID: "suQ7w3Er9tYu1K"`, 'sumologic-access-id'],
    ['BUNDLE_GEMS__CONTRIBSYS__COM: faceb00c:feedc0de', 'sidekiq-secret'],
    [`Cookie: _gitlab_session=${hex}`, 'gitlab-session-cookie'],
    [`sourcegraph: ${hex}${hex.slice(0, 8)}`, 'sourcegraph-access-token'],
    [`message-bird-token: ${hex.slice(0, 25)}`, 'messagebird-api-token'],
    ['SNYK_TOKEN=12345678-1234-ABCD-9876-1234567890AB', 'snyk-api-token'],
    [`mapbox_token=pk.${hex}${hex.slice(0, 28)}.${hex.slice(0, 22)}`, 'mapbox-api-token'],
    ['administrator_login_password = "Tr0ub4dor&3"', 'hashicorp-tf-password'],
    [`artifactory_key = "AKCp${hex}${hex}abcde"`, 'artifactory-api-key'],
    ['bot = TelegramBot("8844210377:AAwxen1iXwwt1_Ar3DUNmL20-ppSTGRxiVB")', 'telegram-bot-api-token'],
  ] as const
  for (const [text, type] of cases)
    assert.deepEqual(
      detector.detect(text).map((found) => found.type),
      [type],
      text,
    )
})

test('leaves alone what only looks like one of these ways', () => {
  const texts = [
    '{"userLabel":"Name","passwordLabel":"Password:",rememberLabel:"Stay signed in"}',
    'public_key_fingerprint: 37:b3:d2:c4:eb:40:b0:03:2a:f9:24:6b:25:d5:82:e4',
    'blocked 47da:7492:293b:1421:6ac1:8b5a:146f:6ae6 and 2001:db8::1',
    'Directed By:    Arquímedes Ballester',
    'type Auth = WorkloadIdentityAuth | X509WorkloadIdentityAuth',
    'the password is required',
    'Type your password and press Enter',
    'put("password", "required")',
    '12:34:56:789 done',
    'trace_id: 5e8fbd78-d84c-42cf-aff8-54acced15dc6',
    'next_page_token = "5e8fbd78-d84c-42cf-aff8-54acced15dc6"',
    'ps -p 12345 -a',
    'mkdir -p build/output2',
    'validatePassword("Tr0ub4dor!")',
    't("settings.password.label")',
    'the key is under the mat',
    'page?sig=1&x=2',
    'the net user base grew2 by',
    'PPPIOCSPASS                      = 0x40107447',
    'curl <user:password> https://test.example/endpoint1',
    '{"client_id": "shop-1", "session": "2026-03-04", "login": "ann2", "_id": "5e8fbd78d84c42cfaff8"}',
    'password: string || undefined, apiKey ?? fallbackKey1',
    'the token you need is required in step 2',
    'user Ann2 logged in, htpasswd -b is needed',
    'the user added file2.txt yesterday',
  ]
  for (const text of texts) assert.deepEqual(detector.detect(text), [], text)
})

test("takes the names that version 0.1.0's policies use", () => {
  const text = `"AIza${'SyB3kq9Xw2LmT7vZ0pR4cN8dF6hJ1gYuE5'.padEnd(35, 'Q')}"`
  assert.deepEqual(
    createSecretsDetector({ types: ['google-api-key'] })
      .detect(text)
      .map(({ type }) => type),
    ['gcp-api-key'],
  )
})
