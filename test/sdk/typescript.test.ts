import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runCases } from './run-cases.ts'
import { attempt } from './steps.ts'
import { root, typescript, world } from './world.ts'

const directory = join(import.meta.dirname, 'typescript')

function succeed(file: string, args: string[], cwd: string): string {
  const { status, output } = attempt(file, args, cwd)
  assert.equal(status, 0, output)
  return output
}

describe('the TypeScript package', () => {
  const { tarball, tools, apps } = typescript

  for (const { directory: app, node, openai } of apps)
    test(`cases beside openai ${openai}`, async (t) => {
      cpSync(join(directory, 'cases.mjs'), join(app, 'cases.mjs'))
      await runCases(t, node, ['cases.mjs'], { cwd: app, env: world.appEnvironment })
    })

  test('is what publint and attw want of a package', () => {
    const bin = (name: string) => join(tools, 'node_modules', '.bin', name)
    succeed(process.execPath, [bin('publint'), 'run', tarball, '--strict'], tools)
    succeed(process.execPath, [bin('attw'), tarball, '--profile', 'esm-only'], tools)
  })

  test('has its types, its licence and nothing of its tests', () => {
    const names = succeed('tar', ['-tzf', tarball], root).trim().split('\n')
    for (const name of ['dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE'])
      assert.ok(names.includes(`package/${name}`), `${name} is not in ${names.join(', ')}`)
    assert.deepEqual(
      names.filter((name) => /test|[^d]\.ts$/.test(name)),
      [],
    )
  })

  for (const { directory: app, openai } of apps)
    test(`is typed, and so is an app that uses it beside openai ${openai}`, () => {
      cpSync(join(directory, 'typed-app.ts'), join(app, 'typed-app.ts'))
      const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
      const options = {
        ...compilerOptions,
        target: 'es2022',
        lib: ['es2023'],
        typeRoots: ['node_modules/@types'],
      }
      writeFileSync(
        join(app, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: ['typed-app.ts'] }),
      )
      succeed(process.execPath, [join(root, 'node_modules', '.bin', 'tsc'), '-p', '.'], app)
    })
})
