import assert from 'node:assert/strict'
import { test } from 'node:test'
import { knownAgent } from './known-agents.ts'

test('coding agents are known by what they send, and so are their sessions', () => {
  const session = '6a41dce4-976f-48d3-8b2c-da045789f24f'
  assert.deepEqual(
    knownAgent({
      'user-agent': 'claude-cli/2.1.332 (external, sdk-cli)',
      'x-claude-code-session-id': session,
    }),
    { agent: 'claude-code', session },
  )
  assert.deepEqual(
    knownAgent({ 'user-agent': 'codex_exec/0.171.0 (Debian 12; x86_64)', 'session-id': session }),
    { agent: 'codex', session },
  )
  assert.deepEqual(knownAgent({ 'user-agent': 'GeminiCLI/0.61.0/gemini-2.5-flash (linux; x64)' }), {
    agent: 'gemini-cli',
  })
  assert.deepEqual(knownAgent({ 'user-agent': 'claude-cli/2.1', 'x-claude-code-session-id': 'a b\n' }), {
    agent: 'claude-code',
  })
  assert.deepEqual(knownAgent({ 'user-agent': 'OpenAI/JS', 'session-id': session }), {})
})
