import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { commands } from './commands.ts'
import { type CompletionLevel, describeCommands } from './completion/describe-commands.ts'
import { createContext } from './context.ts'
import { buildProgram } from './program.ts'
import { runAirs } from './run.ts'

const io = {
  env: {},
  cwd: '/',
  home: '/',
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
}

async function allLevels(): Promise<CompletionLevel[]> {
  const program = await buildProgram({
    version: '0',
    isNeeded: () => true,
    createContext: (flags) => createContext(io, flags),
  })
  return describeCommands(program)
}

describe('the command line', () => {
  test('takes --url, --token and --json everywhere', async () => {
    for (const { path, options } of await allLevels()) {
      const flags = options.flatMap(({ flags }) => flags)
      for (const flag of ['--url', '--token', '--json', '--help'])
        assert.ok(flags.includes(flag), `airs ${path.join(' ')} does not take ${flag}`)
    }
  })

  test('has every command of the list, each with a summary', async () => {
    const [top] = await allLevels()
    assert.deepEqual(
      top?.words.map(({ word, summary }) => [word, summary]),
      commands.map(({ name, summary }) => [name, summary]),
    )
  })

  const groups =
    'anomalies dead-letters erasures events exchanges exports hold keys mcp policy quarantine retention sessions'
  for (const group of groups.split(' '))
    test(`a command that airs ${group} does not have is refused by its name`, async () => {
      const program = await buildProgram({
        version: '0',
        isNeeded: (name) => name === group,
        createContext: (flags) => createContext(io, flags),
      })
      await assert.rejects(program.parseAsync(['node', 'airs', group, 'lits', 'more']), {
        code: 'commander.unknownCommand',
        message: new RegExp(`unknown command '${group} lits'; there are: [a-z]`),
      })
    })

  const complaint = async (...argv: string[]) => {
    const stderr = new PassThrough()
    const exitCode = await runAirs(argv, { ...io, stderr })
    return { exitCode, said: String(stderr.read()) }
  }

  for (const [given, meant] of [
    ['trace', 'airs sessions trace'],
    ['backtest', 'airs policy backtest'],
    ['search', 'airs events search, airs exchanges search'],
    ['tial', 'airs tail'],
    ['exchange', 'airs exchanges'],
    ['config', 'airs configuration'],
  ])
    test(`a line that begins with ${given} is refused, and says that ${meant} is meant`, async () => {
      for (const line of [[given!], [given!, 'some-id'], ['--url', 'http://a', given!], ['help', given!]]) {
        const { exitCode, said } = await complaint(...line)
        assert.equal(exitCode, 2)
        assert.ok(said.startsWith(`airs: unknown command '${given}'; did you mean ${meant}?\n`), said)
      }
    })

  for (const given of ['list', 'show'])
    test(`a line that begins with ${given} is refused with an example and the groups that have it`, async () => {
      const { exitCode, said } = await complaint(given, 'some-id')
      assert.equal(exitCode, 2)
      const [first] = said.split('\n')
      assert.match(
        first!,
        new RegExp(`^airs: unknown command '${given}'; say of what, as in "airs \\w+ ${given}"; there are `),
      )
      for (const group of ['exchanges', 'keys', 'policy', 'sessions'])
        assert.ok(first!.includes(group), first)
    })

  test('a name that is like no command is refused without a guess', async () => {
    for (const line of [['nosuch'], ['help', 'nosuch'], ['xy']]) {
      const { exitCode, said } = await complaint(...line)
      assert.equal(exitCode, 2)
      assert.ok(said.startsWith(`airs: unknown command '${line.at(-1)}'\n`), said)
    }
    for (const line of [
      ['help', 'sessions', 'nosuch'],
      ['sessions', 'help', 'nosuch'],
    ]) {
      const { exitCode, said } = await complaint(...line)
      assert.equal(exitCode, 2)
      assert.match(said, /^airs: unknown command 'sessions nosuch'; there are: list, show, trace\n/)
    }
  })

  test('prints help for a command of a group', async () => {
    const stdout = new PassThrough()
    for (const line of ['help sessions trace', 'sessions help trace']) {
      assert.equal(await runAirs(line.split(' '), { ...io, stdout }), 0)
      assert.match(String(stdout.read()), /^Usage: airs sessions trace /)
    }
  })

  test('is documented in full', async () => {
    const path = join(import.meta.dirname, '..', '..', 'docs', 'cli.md')
    assert.ok(existsSync(path))
    const document = readFileSync(path, 'utf8')
    for (const level of await allLevels()) {
      const name = ['airs', ...level.path].join(' ')
      assert.ok(document.includes(`\`${name}`), `docs/cli.md does not mention ${name}`)
      for (const { flags } of level.options)
        for (const flag of flags)
          assert.ok(document.includes(`${flag}`), `docs/cli.md does not mention ${flag}`)
    }
  })
})
