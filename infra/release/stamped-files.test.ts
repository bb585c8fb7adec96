import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../local/data-directory.ts'
import { stampedFiles, versionOf } from './stamped-files.ts'

const version = versionOf(repositoryRoot)

test('every file that names the version names that of package.json', () => {
  for (const [file, text] of stampedFiles(repositoryRoot, version))
    assert.equal(
      readFileSync(join(repositoryRoot, file), 'utf8'),
      text,
      `${file}: run npm version ${version} --allow-same-version`,
    )
})

test('the changelog has a section for the version', () => {
  const changelog = readFileSync(join(repositoryRoot, 'CHANGELOG.md'), 'utf8')
  assert.match(changelog, new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\]`, 'm'))
})
