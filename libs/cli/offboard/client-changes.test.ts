import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientRecipes } from '../connect/clients.ts'
import { clientChanges } from './client-changes.ts'

test('whatever variable `airs connect` sets is among those to change back', () => {
  const endpoint = 'http://ingress.example:8080'
  const named = clientChanges(endpoint).map(({ from }) => from)
  const lines = clientRecipes.flatMap((recipe) =>
    recipe.settings(endpoint, undefined).flatMap((setting) => setting.lines),
  )
  const variables = new Set(lines.join('\n').match(/[A-Z_]+_BASE_URL/g))
  assert.ok(variables.size >= 3)
  for (const variable of variables)
    assert.ok(
      named.some((from) => from.startsWith(`${variable}=`)),
      variable,
    )
})
