import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClaudeTraits, claudeTraits } from './claude-models.ts'

const brief = ({ thinking, thinkingOff, efforts, sampling, forcesTools }: ClaudeTraits) =>
  `${thinking} ${thinkingOff} ${efforts.at(-1) ?? '-'} ${sampling} ${forcesTools ? 'forces' : '-'}`

test('each generation of Claude is asked to think in its own way', () => {
  const table: [models: string[], traits: string][] = [
    [
      ['claude-instant-1.2', 'claude-2.1', 'claude-3-haiku-20240307', 'claude-3-5-sonnet-latest'],
      'none omitted - any forces',
    ],
    [
      [
        'claude-3-7-sonnet-20250219',
        'anthropic/claude-3.7-sonnet',
        'claude-sonnet-4-20250514',
        'claude-opus-4-0',
      ],
      'budget omitted - any forces',
    ],
    [
      ['claude-opus-4-1-20250805', 'claude-sonnet-4-5', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'],
      'budget omitted - one forces',
    ],
    [['claude-opus-4-5-20251101', 'anthropic/claude-opus-4.5'], 'budget omitted high one forces'],
    [['claude-opus-4-6', 'claude-sonnet-4-6@default'], 'adaptive omitted max one forces'],
    [['claude-opus-4-7', 'claude-opus-4-8'], 'adaptive omitted max none forces'],
    [['claude-sonnet-5', 'claude-opus-5', 'claude-haiku-5-5'], 'adaptive disabled max none forces'],
    [['claude-sonnet-5-5', 'claude-sonnet-6'], 'adaptive between_tools max none -'],
    [
      ['claude-opus-5-5', 'claude-fable-5-1', 'claude-mythos-preview', 'claude-opus-12'],
      'adaptive never max none -',
    ],
    [['deepseek-chat', 'my-deployment', 'claude'], 'adaptive disabled max any forces'],
  ]
  for (const [models, traits] of table)
    for (const model of models) assert.equal(brief(claudeTraits(model)), traits, model)
  assert.ok(!claudeTraits('claude-opus-4-6').efforts.includes('xhigh'))
})
