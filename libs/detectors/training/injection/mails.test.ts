import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from './expand.ts'
import { heldOutAttacks } from './languages.ts'
import { mailIn, mailLanguages } from './mails.ts'
import { attackIn, noCounts, ownExamples } from './own-examples.ts'

const none = { ...noCounts, orders: 1 }

test('mails differ, and leave no part of a template', () => {
  for (const name of ['en', ...mailLanguages]) {
    const random = createRandom(7)
    const mails = Array.from({ length: 200 }, () => mailIn(name, random))
    assert(new Set(mails).size > 150, name)
    for (const mail of mails) assert(mail.startsWith('{"id":') || !/[{}]|\|(?!\s)/.test(mail), mail)
  }
})

test('there are as many mails with an order as without, and the same for the same seed', () => {
  const examples = ownExamples({ ...none, mails: 300 }, [], 3)
  const mails = examples.filter(({ source }) => source.startsWith('own-mail'))
  assert.equal(mails.filter(({ attack }) => attack).length, 300)
  assert.equal(mails.filter(({ attack }) => !attack).length, 300)
  for (const { attack, text, planted } of mails) {
    assert.equal(planted !== undefined, attack)
    if (planted) assert(planted.start >= 0 && planted.start < planted.end && planted.end <= text.length)
  }
  assert.deepEqual(ownExamples({ ...none, mails: 300 }, [], 3), examples)
})

test('an attack for a model that is measured has none of the wordings that it is measured on', () => {
  for (const name of mailLanguages) {
    const attack = attackIn(name, createRandom(5), 'trained')
    const attacks = Array.from({ length: 500 }, attack)
    for (const wording of heldOutAttacks(name))
      assert(!attacks.some((text) => text.includes(wording)), wording)
  }
})
