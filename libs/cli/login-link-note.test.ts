import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loginLinkNote } from './login-link-note.ts'

test('a link with a name of the network of containers says how a browser opens it', () => {
  const note = loginLinkNote('http://console:8090/login#code=abc')
  assert.match(note!, /does not know console:8090/)
  assert.match(note!, /http:\/\/localhost:8090\/login#code=abc/)
  assert.match(note!, /AIRS_ALERT_CONSOLE_URL/)
})

test('a link that any browser can open has no note', () => {
  for (const base of [
    'http://localhost:8090',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'https://airs.example',
    'http://10.0.0.7',
  ])
    assert.equal(loginLinkNote(`${base}/login#code=abc`), undefined)
})
