import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseUrlProblem } from './base-url-problem.ts'
import type { ProviderKind } from './provider-kind.ts'

const rows: [kind: ProviderKind, baseUrl: string, suggestion: string | undefined][] = [
  ['openai', 'https://api.openai.com/v1', undefined],
  ['openai', 'https://api.openai.com', 'https://api.openai.com/v1'],
  ['openai', 'https://api.openai.com/v1/v1/', 'https://api.openai.com/v1'],
  ['openai-compatible', 'https://api.groq.com/openai', 'https://api.groq.com/openai/v1'],
  ['openai-compatible', 'https://host/v1/chat/completions', 'https://host/v1'],
  ['openai-compatible', 'https://generativelanguage.googleapis.com/v1beta/openai', undefined],
  ['ollama', 'http://localhost:11434/', 'http://localhost:11434/v1'],
  ['anthropic', 'https://api.anthropic.com', undefined],
  ['anthropic', 'https://api.anthropic.com/v1', undefined],
  ['anthropic', 'https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1'],
  ['azure', 'https://name.openai.azure.com', undefined],
]

for (const [kind, baseUrl, suggestion] of rows)
  test(`${baseUrl} (${kind}) ${suggestion ? `should be ${suggestion}` : 'has nothing wrong with it'}`, () =>
    assert.equal(baseUrlProblem({ kind, baseUrl })?.suggestion, suggestion))
