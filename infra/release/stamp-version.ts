import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../local/data-directory.ts'
import { stampedFiles, versionOf } from './stamped-files.ts'

/** Writes the version of package.json wherever it is named. `npm version 0.3.0 --no-git-tag-version` runs it. */
for (const [file, text] of stampedFiles(repositoryRoot, versionOf(repositoryRoot))) {
  if (readFileSync(join(repositoryRoot, file), 'utf8') === text) continue
  writeFileSync(join(repositoryRoot, file), text)
  console.log(`${file} names the version now.`)
}
