import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codesOf } from '../codes.ts'
import { mayBeginScheme } from './bearer.ts'
import { mayStartToken } from './token-matcher.ts'
import { tokenRules } from './token-rules.ts'

test('a look at three characters lets every rule of a token through, and few words', () => {
  for (const { prefix } of tokenRules)
    for (let length = 2; length < prefix.length + 3; length++)
      assert(mayStartToken(codesOf(`${prefix}a7~`.slice(0, length)), 0, length), prefix)
  const words = 'could customer next please tell them what the report says about our next settings'.split(' ')
  for (const word of words) assert(!mayStartToken(codesOf(word), 0, word.length), word)
})

test('a look at three letters lets every scheme of an authorization through, and few words', () => {
  for (const scheme of ['Bearer x', 'bearer x', 'BASIC x', 'Basic x', 'token x', 'ApiKey x'])
    assert(mayBeginScheme(codesOf(scheme), 0), scheme)
  for (const word of ['to', 'tone', 'be', 'bell', 'base', 'and', 'app', 'baker'])
    assert.equal(mayBeginScheme(codesOf(word), 0), word === 'base', word)
})
