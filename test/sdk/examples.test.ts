import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { python, root, typescript, world } from './world.ts'

const run = promisify(execFile)
const examplesOf = (sdk: string, pattern: string) =>
  globSync(pattern, { cwd: join(root, 'libs', sdk, 'examples') })
    .sort()
    .map((name) => join(root, 'libs', sdk, 'examples', name))

/** These need packages of their own: they are compiled, and not run. */
const isForProxyMode = (file: string) => file.includes('proxy')

describe('the examples in Python', { skip: 'missing' in python! && python.missing }, () => {
  for (const file of examplesOf('sdk-python', '*.py'))
    test(basename(file), async () => {
      const { python: app } = (python as Exclude<typeof python, { missing: string } | null>).apps[0]!
      const args = isForProxyMode(file)
        ? ['-c', 'import ast, sys; ast.parse(open(sys.argv[1]).read())', file]
        : [file]
      const { stdout } = await run(app, args, { cwd: world.directory, env: world.appEnvironment })
      assert.ok(isForProxyMode(file) || /session|exchange/.test(stdout), stdout)
    })
})

describe('the examples in TypeScript', () => {
  for (const file of examplesOf('sdk-typescript', '*.mjs'))
    test(basename(file), async () => {
      const { directory, node } = typescript.apps[0]!
      cpSync(file, join(directory, basename(file)))
      const args = isForProxyMode(file) ? ['--check', basename(file)] : [basename(file)]
      const { stdout } = await run(node, args, { cwd: directory, env: world.appEnvironment })
      assert.ok(isForProxyMode(file) || /session|exchange/.test(stdout), stdout)
    })
})
