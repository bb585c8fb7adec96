import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ingressNote } from './ingress-note.ts'

test('a note of an ingress is found whether it has workers or not, and said once', () => {
  const said = 'there is a web page at https://example.test'
  assert.equal(ingressNote({ providers: said }, 'providers'), said)
  assert.equal(ingressNote({ 'worker-2-providers': said }, 'providers'), said)
  assert.equal(ingressNote({ 'worker-1-providers': said, 'worker-2-providers': said }, 'providers'), said)
  assert.equal(
    ingressNote({ 'worker-1-providers': said, 'worker-12-providers': 'another' }, 'providers'),
    `${said}; another`,
  )
  assert.equal(ingressNote(undefined, 'providers'), undefined)
  for (const name of ['fileSystem', 'worker-1-otherproviders'])
    assert.equal(ingressNote({ [name]: said }, 'providers'), undefined)
})
