import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'yaml'
import { appendToken } from './append-token.ts'

const directory = mkdtempSync(join(tmpdir(), 'airs-tokens-'))
after(() => rmSync(directory, { recursive: true }))
const ann = { name: 'ann', role: 'viewer' as const, sha256: 'a'.repeat(64) }
const bob = { name: 'bob', role: 'admin' as const, sha256: 'b'.repeat(64) }

test('entries are added, and what stood there stays, comments too', () => {
  const file = join(directory, 'tokens.yaml')
  writeFileSync(file, `# of the team\ntokens:\n  - ${JSON.stringify(ann)} # leaves in May\n`)
  appendToken(file, bob)
  assert.deepEqual(parse(readFileSync(file, 'utf8')), { tokens: [ann, bob] })
  assert.match(readFileSync(file, 'utf8'), /^# of the team\n[\s\S]*# leaves in May/)
})

test('a file that is not there is made', () => {
  const file = join(directory, 'new.yaml')
  appendToken(file, ann)
  assert.deepEqual(parse(readFileSync(file, 'utf8')), { tokens: [ann] })
})

test('a name is not taken twice, and another file is left alone', () => {
  const file = join(directory, 'other.yaml')
  writeFileSync(file, 'name: a-policy\n')
  assert.throws(() => appendToken(file, ann), /is no tokens file/)
  assert.equal(readFileSync(file, 'utf8'), 'name: a-policy\n')
  const taken = join(directory, 'taken.yaml')
  appendToken(taken, ann)
  assert.throws(() => appendToken(taken, ann), /"ann"; remove that entry first/)
})

test('what services would refuse is not written, and says why', () => {
  const file = join(directory, 'refused.yaml')
  const refused: [name: string, why: RegExp][] = [
    ['', /tokens\.1\.name/],
    ['local', /"local" is the token in AIRS_TOKEN/],
    ['n'.repeat(129), /tokens\.1\.name/],
  ]
  appendToken(file, ann)
  const before = readFileSync(file, 'utf8')
  for (const [name, why] of refused) assert.throws(() => appendToken(file, { ...bob, name }), why)
  assert.equal(readFileSync(file, 'utf8'), before)
  const broken = join(directory, 'broken.yaml')
  writeFileSync(broken, 'tokens:\n  - { name: eve, role: root }\n')
  assert.throws(() => appendToken(broken, ann), /tokens\.0\.role/)
})
