import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readIgnoreRules } from './ignore-rules.ts'

test('the last rule that fits a path, or a folder above it, decides', () => {
  const isIgnored = readIgnoreRules(
    '# only the sources\n*\n!libs\n!.npmrc\n**/node_modules\n**/*.test.ts\nlibs/sdk-*\n',
  )
  const paths = {
    'README.md': true,
    '.npmrc': false,
    'libs/bus/connect.ts': false,
    'libs/bus/connect.test.ts': true,
    'libs/bus/node_modules/x/index.js': true,
    'node_modules/x/index.js': true,
    'libs/sdk-python/setup.py': true,
    xnpmrc: true,
  }
  for (const [path, expected] of Object.entries(paths)) assert.equal(isIgnored(path), expected, path)
})

test('without rules nothing is ignored', () => {
  assert.equal(readIgnoreRules('')('a/b'), false)
})
