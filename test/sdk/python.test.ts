import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PythonEnvironment } from './python-environment.ts'
import { runCases } from './run-cases.ts'
import { python, root, world } from './world.ts'

const missing = 'missing' in python! && python.missing
/** Of mypy. */
const check = ['-m', 'mypy', '--strict', '--cache-dir', join(import.meta.dirname, '.python', 'mypy')]
const sources = join(root, 'libs', 'sdk-python')
const directory = join(import.meta.dirname, 'python')

describe('the Python package', { skip: missing }, () => {
  const { apps, tools, wheel, sdist }: PythonEnvironment = missing
    ? { apps: [], tools: '', wheel: '', sdist: '' }
    : (python as PythonEnvironment)

  const run = (file: string, args: string[], cwd = world.directory): string => {
    try {
      return execFileSync(file, args, { cwd, encoding: 'utf8', env: world.appEnvironment })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`${file} ${args.join(' ')}:\n${stdout}${stderr}`)
    }
  }

  for (const { python: app, openai } of apps)
    for (const file of ['client_cases.py', 'control_cases.py'])
      test(`${file} beside openai ${openai}`, (t) =>
        runCases(t, app, [join(directory, file)], { cwd: world.directory, env: world.appEnvironment }))

  test('has the same in its sdist as in its wheel, and all that belongs in it', () => {
    const list = "import sys, zipfile; print('\\n'.join(sorted(zipfile.ZipFile(sys.argv[1]).namelist())))"
    const app = apps[0]!.python
    const names = run(app, ['-c', list, wheel]).trim().split('\n')
    for (const name of ['airs_cp/py.typed', 'airs_cp/resources/chat_completions.pyi', 'airs_cp/client.py'])
      assert.ok(names.includes(name), `${name} is not in ${names.join(', ')}`)
    assert.deepEqual(
      names.filter((name) => /test|__pycache__/.test(name)),
      [],
    )
    const built = mkdtempSync(join(world.directory, 'from-sdist-'))
    run(tools, ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '-w', built, sdist])
    const again = join(built, wheel.split('/').at(-1)!)
    assert.deepEqual(run(app, ['-c', list, again]).trim().split('\n'), names)
  })

  test('has types that are made from the wrapped client’s', () => {
    run(tools, [join(sources, 'tools', 'make_stubs.py'), '--check'])
  })

  for (const { python: app, openai } of apps)
    test(`an app that uses it is typed beside openai ${openai}`, () => {
      const place = mkdtempSync(join(world.directory, 'typed-'))
      cpSync(join(directory, 'typed_app.py'), join(place, 'typed_app.py'))
      run(tools, [...check, '--config-file', '', '--python-executable', app, 'typed_app.py'], place)
    })

  test('is typed itself', () => {
    run(tools, [...check, '--python-executable', apps[0]!.python], sources)
  })
})
