import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createLoginLinks } from './login-links.ts'
import { createSessions, hasCsrfToken } from './sessions.ts'

const holder = { token: 'a-token-of-the-tests', name: 'local', role: 'admin' } as const
const hourMs = 3_600_000

describe('a session', () => {
  test('is found by its id until it ends, and by nothing else', () => {
    const sessions = createSessions()
    const { id, session } = sessions.begin(holder)
    assert.equal(sessions.find(id), session)
    for (const other of [undefined, '', session.csrf, holder.token, `${id}x`])
      assert.equal(sessions.find(other), undefined)
    sessions.end(id)
    assert.equal(sessions.find(id), undefined)
  })

  test('expires, whatever the browser does', () => {
    let now = 0
    const sessions = createSessions(() => now)
    const { id } = sessions.begin(holder)
    now = 12 * hourMs - 1
    assert.ok(sessions.find(id))
    now = 12 * hourMs
    assert.equal(sessions.find(id), undefined)
  })

  test('allows changes with its own CSRF token alone', () => {
    const sessions = createSessions()
    const [one, other] = [sessions.begin(holder).session, sessions.begin(holder).session]
    assert.ok(hasCsrfToken(one, one.csrf))
    for (const wrong of [undefined, '', other.csrf, one.csrf.slice(1)])
      assert.equal(hasCsrfToken(one, wrong), false)
  })

  test('ends when a thousand are newer', () => {
    const sessions = createSessions()
    const first = sessions.begin(holder).id
    const ids = Array.from({ length: 1_000 }, () => sessions.begin(holder).id)
    assert.equal(sessions.find(first), undefined)
    assert.ok(ids.every((id) => sessions.find(id)))
  })
})

describe('a login link', () => {
  test('works once', () => {
    const links = createLoginLinks()
    const { code } = links.make(holder)
    assert.equal(links.redeem(code)?.token, holder.token)
    assert.equal(links.redeem(code), undefined)
  })

  test('works for an hour', () => {
    let now = 0
    const links = createLoginLinks(() => now)
    const { code } = links.make(holder)
    now = hourMs
    assert.equal(links.redeem(code), undefined)
  })
})
