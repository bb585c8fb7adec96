import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import './api-types.ts'

/** Checks the pages against the control APIs as docs/openapi.json describes them now. */
const root = join(import.meta.dirname, '..')
const tsc = join(root, '..', '..', '..', 'node_modules', '.bin', 'tsc')
process.exit(spawnSync(tsc, ['-p', root], { stdio: 'inherit' }).status ?? 1)
