import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from '../local/data-directory.ts'
import { buildRelease } from './build-release.ts'

/** `npm run release [-- FOLDER]`: builds the artefacts of the last commit. */
const out = process.argv[2] ?? join(repositoryRoot, 'dist', 'release')
const { stdout } = spawnSync('git', ['status', '--porcelain'], { cwd: repositoryRoot, encoding: 'utf8' })
if (stdout !== '')
  console.error('There are changes that are not committed. The release is of the last commit, without them.')
for (const name of await buildRelease(repositoryRoot, 'HEAD', out)) console.log(join(out, name))
